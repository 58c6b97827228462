import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { foldersOf } from './find-sorter.ts';
import type { ImportSorter } from './import-sorter.ts';

/**
 * What starts the repository's own copy of a tool: from the nearest `node_modules/.bin` or virtual environment around
 * the file, up to the root. A Python tool may also be on the PATH. Undefined when it is not installed.
 */
export async function findProgram(
  { program, language }: ImportSorter,
  root: string,
  path: string,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  const isWindows = platform === 'win32';
  const places =
    language === 'javascript'
      ? [join('node_modules', '.bin', isWindows ? `${program}.cmd` : program)]
      : ['.venv', 'venv'].map((home) => join(home, isWindows ? `Scripts/${program}.exe` : `bin/${program}`));
  for (const folder of foldersOf(path)) {
    for (const place of places) {
      const file = join(root, folder, place);
      if ((await stat(file).catch(() => undefined))?.isFile()) return file;
    }
  }
  return language === 'python' ? program : undefined;
}
