import { type DiffSide, fileDiff, type ObjectFormat } from '../diff/index.ts';
import type { EntryChange, GitEntry } from './git-entry.ts';

/**
 * Changes as a patch in git's extended format (git's documentation, `diff-generate-patch`), which `git apply` takes;
 * `patch -p1` takes it too where nothing in it is binary. Paths are relative to the root, in the order they come.
 */
export function patchText(changes: readonly EntryChange[], objectFormat: ObjectFormat): Buffer {
  return Buffer.concat(
    changes.map(({ path, before, after }) =>
      Buffer.from(fileDiff(sideOf(path, before), sideOf(path, after), { binary: true, objectFormat })),
    ),
  );
}

function sideOf(path: string, entry: GitEntry | undefined): DiffSide | undefined {
  return entry && { path, mode: Number.parseInt(entry.mode, 8), bytes: entry.bytes };
}
