import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a tool said about a tree, in words that every tool's output can be put into. */
export type Finding = ImportFinding | CycleFinding | DependencyFinding;

export interface ImportFinding {
  class: 'import';
  /** Relative to the root, with `/`. */
  file: string;
  /** The local name; where the tool names only a statement, the names it binds: at least one is unused. */
  names: string[];
}

export interface CycleFinding {
  class: 'cycle';
  /** Sorted. One cycle, or for a tool that says so a whole component. */
  files: string[];
}

export interface DependencyFinding {
  class: 'dependency';
  /** The manifest. */
  file: string;
  name: string;
  /** In the tool's own words. */
  kind: string;
}

export type FindingClass = Finding['class'];

/** The nearest package.json above a file of the tree. */
export function manifestAbove(root: string, file: string): string {
  let folder = dirname(file);
  while (folder !== '.' && !existsSync(join(root, folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'package.json');
}
