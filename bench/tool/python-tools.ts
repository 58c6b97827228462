import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { sitePackages } from '../generator/python-tree.ts';
import { place } from '../place.ts';
import type { Finding } from './finding.ts';
import type { Tool } from './tool.ts';

interface RuffDiagnostic {
  filename: string;
  message: string;
  location: { row: number; column: number };
}

/** F401 alone, without the repository's own settings, so that every tree gets the same question. */
export const ruff: Tool = {
  name: 'ruff F401',
  classes: ['import'],
  command: (root) => {
    const options = [
      'check',
      '--isolated',
      '--no-cache',
      '--select',
      'F401',
      '--output-format',
      'json',
      '--quiet',
      '.',
    ];
    return { argv: [join(place.python, 'ruff'), ...options], cwd: root };
  },
  parse: async ({ stdout }, root) => {
    const found: Finding[] = [];
    for (const { filename, message, location } of JSON.parse(stdout) as RuffDiagnostic[]) {
      if (!message.includes('imported but unused')) continue;
      const line = (await readFile(filename, 'utf8')).split(/\r\n|\n|\r/)[location.row - 1] ?? '';
      const written = /^[\w.]+/.exec([...line].slice(location.column - 1).join(''))?.[0] ?? '';
      const name = /^`[^`]* as (\w+)`/.exec(message)?.[1] ?? written;
      found.push({ class: 'import', file: relative(root, filename), names: [name] });
    }
    return found;
  },
};

interface DeptryIssue {
  error: { code: string };
  module: string;
  location: { file: string };
}

/** Dependencies of a Python project. It writes its answer into a file. */
export const deptry: Tool = {
  name: 'deptry',
  classes: ['dependency'],
  command: (root) => ({
    argv: [
      'sh',
      '-c',
      '"$1" "$3" --no-ansi --json-output "$2" >/dev/null 2>"$2.err"; s=$?; cat "$2" "$2.err"; rm -f "$2" "$2.err"; exit $s',
      'deptry',
      join(place.python, 'deptry'),
      join(tmpdir(), 'bench-deptry.json'),
      existsSync(join(root, 'src')) ? 'src' : '.',
    ],
    cwd: root,
    env: { PYTHONPATH: join(root, sitePackages) },
  }),
  parse: ({ stdout }, root) => {
    if (!stdout.startsWith('['))
      throw new Error(`expected deptry to answer about ${root}, found: ${stdout.trim().split('\n').at(-1)}`);
    const issues = JSON.parse(stdout.slice(0, stdout.lastIndexOf(']') + 1)) as DeptryIssue[];
    const seen = new Set<string>();
    return issues.flatMap(({ error, module, location }): Finding[] => {
      const file = /\.(toml|txt)$/.test(location.file) ? location.file : '';
      const key = `${error.code}\n${module}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ class: 'dependency', file, name: module, kind: error.code }];
    });
  },
};
