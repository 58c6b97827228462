import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MergeFile } from '../index.ts';

/** `git merge-file` on temporary files: a merge from outside, so that a test does not trust the one of the product. */
export const gitMerge: MergeFile = ({ base, ours, theirs }) => {
  const folder = mkdtempSync(join(tmpdir(), 'pyagent-merge-'));
  try {
    const place = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const files = [place('ours', ours), place('base', base), place('theirs', theirs)];
    const { status } = spawnSync('git', ['merge-file', '-q', ...files]);
    const bytes = readFileSync(files[0] ?? '');
    return status === 0 ? { kind: 'clean', bytes, by: 'text' } : { kind: 'conflict', bytes };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
