import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript5';
import { importedNames } from '../oracle/unused-imports.ts';
import { place } from '../place.ts';
import type { Finding } from './finding.ts';
import type { Tool } from './tool.ts';

interface Lint {
  diagnostics: { filename: string; message: string }[];
}

export const oxlintUnused: Tool = {
  name: 'oxlint no-unused-vars',
  classes: ['import'],
  command: (root) => {
    const argv = [join(place.peerBin, 'oxlint'), '-A', 'all', '-D', 'no-unused-vars', '--format', 'json'];
    return { argv, cwd: root };
  },
  parse: ({ stdout }) =>
    (JSON.parse(stdout) as Lint).diagnostics.flatMap(({ filename, message }): Finding[] => {
      const name = /'([^']+)' is imported but never used/.exec(message)?.[1];
      return name === undefined ? [] : [{ class: 'import', file: filename, names: [name] }];
    }),
};

interface Place {
  line: number;
  column: number;
}

interface Checked {
  diagnostics: { category: string; location: { path: string; start: Place; end: Place } }[];
}

export const biome: Tool = {
  name: 'Biome noUnusedImports',
  classes: ['import'],
  command: (root) => {
    const config = `--config-path=${join(place.bench, 'tool', 'unused-imports.json')}`;
    const argv = [join(place.peerBin, 'biome'), 'lint', config, '--reporter=json', '--max-diagnostics=none', '.'];
    return { argv, cwd: root };
  },
  parse: async ({ stdout }, root) => {
    const { diagnostics } = JSON.parse(stdout.slice(0, stdout.lastIndexOf('}') + 1)) as Checked;
    const found: Finding[] = [];
    for (const { category, location } of diagnostics) {
      if (category !== 'lint/correctness/noUnusedImports') continue;
      const text = await readFile(join(root, location.path), 'utf8');
      const tree = ts.createSourceFile(location.path, text, ts.ScriptTarget.Latest, true);
      const offset = ({ line, column }: Place) => tree.getPositionOfLineAndCharacter(line - 1, 0) + column - 1;
      const names = importedNames(tree, offset(location.start), offset(location.end)).map((name) => name.text);
      found.push({ class: 'import', file: location.path, names });
    }
    return found;
  },
};

/** TypeScript's own diagnostics, in a process of their own. The judge on real trees; timed as a reference. */
export const typescript: Tool = {
  name: 'TypeScript 5.9 diagnostics',
  classes: ['import'],
  command: (root) => {
    const script = join(place.bench, 'oracle', 'print-unused-imports.ts');
    return { argv: [process.execPath, '--max-old-space-size=8192', script, root], cwd: root };
  },
  parse: ({ stdout }) =>
    (JSON.parse(stdout) as { file: string; name: string }[]).map(({ file, name }) => ({
      class: 'import',
      file,
      names: [name],
    })),
};
