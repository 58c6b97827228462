import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A file system of its own in a file, or why there is none. */
export type LoopImage = { kind: 'mounted'; folder: string; close(): void } | { kind: 'skipped'; reason: string };

/** Makes and mounts an image of `gibibytes` (sparse) below `parent`; this needs root, loop devices and the tools. */
export function loopImage(type: 'btrfs' | 'xfs', parent: string, gibibytes: number): LoopImage {
  const image = join(parent, `${type}.image`);
  const folder = join(parent, type);
  const remove = () => {
    rmSync(image, { force: true });
    rmSync(folder, { recursive: true, force: true });
  };
  mkdirSync(folder, { recursive: true });
  for (const [command = '', ...argv] of [
    ['truncate', '-s', `${gibibytes}G`, image],
    [`mkfs.${type}`, '-q', image],
    ['mount', '-o', 'loop', image, folder],
  ]) {
    const run = spawnSync(command, argv, { encoding: 'utf8' });
    if (run.status === 0) continue;
    remove();
    return { kind: 'skipped', reason: `${command}: ${(run.error?.message ?? run.stderr).trim().split('\n')[0]}` };
  }
  const close = () => {
    spawnSync('umount', [folder]);
    remove();
  };
  return { kind: 'mounted', folder, close };
}
