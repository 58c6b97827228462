import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One defect put into a tree on purpose. */
export type Plant = ImportPlant | CyclePlant | DependencyPlant;

export interface ImportPlant {
  class: 'import';
  /** How it is written: `whole-named`, `specifier-last`, `type-inline` and so on. */
  form: string;
  /** Relative to the tree's root, with `/`. */
  file: string;
  /** The local name that nothing uses. */
  name: string;
}

export interface CyclePlant {
  class: 'cycle';
  form: 'ring' | 'back-edge';
  kind: 'value' | 'type';
  /** Members that have to stand in one component; for a ring these are all of them. */
  files: string[];
}

export type DependencyDefect = 'unused' | 'only-unused-imports' | 'unlisted' | 'misplaced' | 'duplicate';

export interface DependencyPlant {
  class: 'dependency';
  kind: DependencyDefect;
  /** The manifest that declares it, or should. */
  file: string;
  name: string;
}

/** Text put in at an offset (in UTF-16 units) of one file of the tree. */
export interface Insertion {
  file: string;
  at: number;
  text: string;
}

/** Plants and the text that makes them true. */
export interface Planting {
  plants: Plant[];
  insertions: Insertion[];
}

/** Writes the insertions into the tree. Offsets refer to the files as they were before. */
export async function apply(root: string, insertions: Insertion[]): Promise<void> {
  const byFile = Map.groupBy(insertions, (insertion) => insertion.file);
  for (const [file, own] of byFile) {
    const path = join(root, file);
    let text = await readFile(path, 'utf8');
    for (const { at, text: added } of own.toSorted((one, other) => other.at - one.at)) {
      text = text.slice(0, at) + added + text.slice(at);
    }
    await writeFile(path, text);
  }
}
