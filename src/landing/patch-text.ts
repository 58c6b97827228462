import { createHash } from 'node:crypto';
import { createTwoFilesPatch } from 'diff';
import { binaryPatch } from './binary-patch.ts';
import type { EntryChange, GitEntry } from './git-entry.ts';
import { quotedPath } from './git-path.ts';

/** The hash of the repository that a patch is for: `git apply` compares the ids of binary files. */
export type ObjectFormat = 'sha1' | 'sha256';

/**
 * Changes as a patch in git's extended format (git's documentation, `diff-generate-patch`), which `git apply` takes;
 * `patch -p1` takes it too where nothing in it is binary. Paths are relative to the root, sorted as they come.
 */
export function patchText(changes: readonly EntryChange[], format: ObjectFormat): Buffer {
  return Buffer.concat(changes.flatMap(withoutTypeChange).map((change) => onePatch(change, format)));
}

/** A file that becomes a link, or the reverse, is removed and made anew: git accepts nothing else. */
function withoutTypeChange({ path, before, after }: EntryChange): EntryChange[] {
  const isLink = (entry: GitEntry) => entry.mode === '120000';
  if (!before || !after || isLink(before) === isLink(after)) return [{ path, ...both(before, after) }];
  return [
    { path, before },
    { path, after },
  ];
}

const both = (before: GitEntry | undefined, after: GitEntry | undefined) => ({
  ...(before ? { before } : {}),
  ...(after ? { after } : {}),
});

function onePatch({ path, before, after }: EntryChange, format: ObjectFormat): Buffer {
  const [old, now] = [before?.bytes ?? new Uint8Array(), after?.bytes ?? new Uint8Array()];
  const head = [`diff --git ${quotedPath(`a/${path}`)} ${quotedPath(`b/${path}`)}`];
  if (!before) head.push(`new file mode ${after?.mode}`);
  else if (!after) head.push(`deleted file mode ${before.mode}`);
  else if (before.mode !== after.mode) head.push(`old mode ${before.mode}`, `new mode ${after.mode}`);
  const same = Buffer.compare(old, now) === 0;
  // An empty file that comes or goes has an index line and no hunk.
  if (!same || !before || !after) {
    const ids = `${entryId(before, format)}..${entryId(after, format)}`;
    head.push(`index ${ids}${before && before.mode === after?.mode ? ` ${before.mode}` : ''}`);
  }
  const top = Buffer.from(`${head.join('\n')}\n`);
  if (same) return top;
  if (old.includes(0) || now.includes(0)) return Buffer.concat([top, Buffer.from(binaryPatch(old, now))]);
  const names = `--- ${before ? fileName(`a/${path}`) : '/dev/null'}\n+++ ${after ? fileName(`b/${path}`) : '/dev/null'}\n`;
  return Buffer.concat([top, Buffer.from(names), hunks(old, now)]);
}

/** A name with blanks is followed by a tab, so that `patch` sees where it ends. */
function fileName(name: string): string {
  const quoted = quotedPath(name);
  return quoted.includes(' ') && !quoted.startsWith('"') ? `${quoted}\t` : quoted;
}

/** The id that git would give the content, were it stored as it is. */
function entryId(entry: GitEntry | undefined, format: ObjectFormat): string {
  if (!entry) return '0'.repeat(format === 'sha1' ? 40 : 64);
  return createHash(format).update(`blob ${entry.bytes.length}\0`).update(entry.bytes).digest('hex');
}

function hunks(old: Uint8Array, now: Uint8Array): Buffer {
  // Latin-1 maps each byte to one character and back: text in any encoding passes through unharmed.
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const patch = createTwoFilesPatch('a', 'b', text(old), text(now), undefined, undefined, { context: 3 });
  return Buffer.from(patch.slice(patch.indexOf('@@ ')), 'latin1');
}
