import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { place } from '../place.ts';

/** One import statement, as Python's own parser sees it. Lines count from 1, columns from 0. */
export interface PythonImport {
  where: 'module' | 'typing';
  kind: 'import' | 'from';
  /** With the leading dots of a relative one; null for `import x`. */
  module: string | null;
  names: [name: string, alias: string | null][];
  nameLines: number[];
  nameColumns: [start: number, end: number][];
  line: number;
  endLine: number;
  column: number;
}

export interface PythonSites {
  imports: PythonImport[];
  /** Line and column of the first statement of each function. */
  bodies: [line: number, column: number][];
  /** Every name that the file may mean by an identifier. */
  names: string[];
  /** Names that occur as attributes only. */
  attributes: string[];
}

/** Asks Python where the files have room for a plant. Files that Python cannot read are left out. */
export async function pythonSites(root: string, files: string[]): Promise<Map<string, PythonSites>> {
  const child = spawn('python3', [join(place.bench, 'plant', 'python_sites.py')], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(files.join('\n'));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return new Map(Object.entries(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, PythonSites>));
}
