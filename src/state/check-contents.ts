import { join } from 'node:path';
import type { Store } from '../store/index.ts';
import { contentsByRun } from './needed-contents.ts';
import { objectFolder } from './object-folder.ts';

/** Kept bytes that are not what their name says, or are not there. */
export interface SpoiledContent {
  /** Absolute. */
  path: string;
  what: 'damaged' | 'missing';
  /** The runs that cannot be undone or redone whole without it. Empty: none, or the store could not be read. */
  runs: string[];
}

/** What {@link checkContents} found. */
export interface ContentsCheck {
  /** Contents that were read and hashed. */
  checked: number;
  total: number;
  spoiled: SpoiledContent[];
}

/** What to check. */
export interface ContentsCheckRequest {
  stateFolder: string;
  /** Absent: only what is there is checked. */
  store?: Store;
  /** Bytes to read at most; then the check ends. Default: all. */
  atMost?: number;
}

/** Hashes the kept contents again and compares them with their names. Changes nothing and needs no lock. */
export async function checkContents({ stateFolder, store, atMost }: ContentsCheckRequest): Promise<ContentsCheck> {
  const folder = join(stateFolder, 'objects');
  const objects = objectFolder(folder).native;
  const needed = new Map<string, string[]>();
  for (const [run, contents] of store ? await contentsByRun(store) : []) {
    for (const hash of contents.keys()) needed.set(hash, [...(needed.get(hash) ?? []), run]);
  }
  const listed = await objects.list();
  const spoil = (hash: string, what: SpoiledContent['what']): SpoiledContent => ({
    path: join(folder, hash),
    what,
    runs: needed.get(hash) ?? [],
  });
  const check: ContentsCheck = { checked: 0, total: listed.length, spoiled: [] };
  let read = 0;
  for (const { hash, size } of listed) {
    if (atMost !== undefined && read + size > atMost) continue;
    read += size;
    check.checked += 1;
    if (!(await objects.isSound(hash))) check.spoiled.push(spoil(hash, 'damaged'));
  }
  const there = new Set(listed.map(({ hash }) => hash));
  check.spoiled.push(...[...needed.keys()].filter((hash) => !there.has(hash)).map((hash) => spoil(hash, 'missing')));
  return check;
}
