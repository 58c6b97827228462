import { join } from 'node:path';
import { put } from '../trees/tree.ts';
import { random } from './random.ts';

/** How a tree is laid out. */
export interface PlainShape {
  seed: number;
  /** Files that git tracks. */
  files: number;
  /** Files below `node_modules`, which git ignores. */
  dependencies: number;
}

const word = 'export const part = (value: number): number => value * ';

/** Writes text files of 1 to 16 KiB, 13 to a folder: what a copy of a repository has to carry. */
export async function plainTree(root: string, { seed, files, dependencies }: PlainShape): Promise<void> {
  const source = random(seed);
  const text = () => Array.from({ length: 16 + source.below(240) }, () => `${word}${source.below(1e6)};\n`).join('');
  await put(join(root, '.gitignore'), 'node_modules/\n');
  await put(join(root, 'README.md'), '# A tree to copy\n');
  for (let number = 0; number < files - 2; number += 1) {
    const folder = Math.floor(number / 13);
    await put(join(root, `packages/part-${folder % 40}/src/area-${Math.floor(folder / 40)}/file-${number}.ts`), text());
  }
  for (let number = 0; number < dependencies; number += 1) {
    await put(join(root, `node_modules/package-${Math.floor(number / 16)}/lib/file-${number % 16}.js`), text());
  }
}
