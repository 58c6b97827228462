import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { native } from '../../src/native/index.ts';

/** What stands below a folder: one line per path, names in Latin-1. Two pictures are equal when the trees are. */
export type TreePicture = Record<string, string>;

/** A path below a folder, byte by byte: names need not be UTF-8. */
export function below(folder: Buffer | string, name: string): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), Buffer.from(name, 'latin1')]);
}

/**
 * Kind, permission bits, bytes and link target of each path, and for a file with several names the first of them: so
 * two names of one file differ from two files with the same bytes.
 */
export function treePicture(root: string): TreePicture {
  const found: TreePicture = {};
  const firstNames = new Map<number, string>();
  const visit = (folder: Buffer, prefix: string) => {
    for (const name of readdirSync(folder, 'latin1').sort()) {
      const [place, path] = [below(folder, name), prefix + name];
      const stats = lstatSync(place);
      const { ino, nlink, size } = stats;
      const bits = (stats.mode & 0o7777).toString(8);
      if (stats.isSymbolicLink()) found[path] = `symlink to ${readlinkSync(place, 'latin1')}`;
      else if (stats.isDirectory()) {
        found[path] = `folder ${bits}`;
        visit(place, `${path}/`);
      } else {
        const twin = nlink > 1 ? (firstNames.get(ino) ?? path) : path;
        if (nlink > 1) firstNames.set(ino, twin);
        const names = nlink > 1 ? `, ${nlink} names, the file ${twin}` : '';
        found[path] = `file ${bits}, ${size} bytes ${native().hashBytes(readFileSync(place)).slice(0, 16)}${names}`;
      }
    }
  };
  visit(Buffer.from(root), '');
  return found;
}

/** The paths at which two pictures differ, with both sides; empty when they are equal. */
export function pictureDifference(found: TreePicture, expected: TreePicture): string[] {
  return [...new Set([...Object.keys(found), ...Object.keys(expected)])]
    .sort()
    .filter((path) => found[path] !== expected[path])
    .map((path) => `${path}: ${found[path] ?? 'absent'}, expected ${expected[path] ?? 'absent'}`);
}
