import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every file of a tree with a digest of its mode and bytes. What a tool keeps for itself is no part of it. */
export async function snapshot(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (['.git', '.fallow', 'node_modules', '.venv'].includes(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        await visit(path);
        continue;
      }
      const content = entry.isSymbolicLink() ? await readlink(path) : await readFile(path);
      const { mode } = await lstat(path);
      files.set(relative(root, path), `${mode} ${createHash('sha256').update(content).digest('hex')}`);
    }
  };
  await visit(root);
  return files;
}

/** Files that differ between two snapshots, or exist in one only. */
export function differences(one: Map<string, string>, other: Map<string, string>): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name)).sort();
}
