import { join, posix } from 'node:path';
import { place } from '../place.ts';
import type { Finding } from './finding.ts';
import type { Tool } from './tool.ts';

/** The folder that holds the sources of both TypeScript trees. */
const sources = 'packages';

const cycle = (files: string[]): Finding => ({ class: 'cycle', files: [...new Set(files)].sort() });

export const madge: Tool = {
  name: 'madge',
  classes: ['cycle'],
  command: (root) => {
    const options = [
      '--circular',
      '--json',
      '--no-spinner',
      '--extensions',
      'ts,tsx,js',
      '--ts-config',
      'tsconfig.json',
    ];
    return { argv: [join(place.peerBin, 'madge'), ...options, sources], cwd: root };
  },
  parse: ({ stdout }) =>
    (JSON.parse(stdout) as string[][]).map((files) => cycle(files.map((file) => posix.join(sources, file)))),
};

interface Cruise {
  summary: { violations: { from: string; cycle: { name: string }[] }[] };
}

export const dependencyCruiser: Tool = {
  name: 'dependency-cruiser',
  classes: ['cycle'],
  command: (root) => {
    const config = join(place.bench, 'tool', 'dependency-cruiser.cjs');
    return {
      argv: [join(place.peerBin, 'depcruise'), '--config', config, '--output-type', 'json', sources],
      cwd: root,
    };
  },
  parse: ({ stdout }) =>
    (JSON.parse(stdout) as Cruise).summary.violations.map((violation) =>
      cycle([violation.from, ...violation.cycle.map(({ name }) => name)]),
    ),
};

interface Lint {
  diagnostics: { code?: string; filename: string; note?: string }[];
}

/** The rule names one file in each diagnostic, and the others in a drawing. */
export const oxlintCycles: Tool = {
  name: 'oxlint import/no-cycle',
  classes: ['cycle'],
  command: (root) => {
    const rule = ['-A', 'all', '--import-plugin', '-D', 'import/no-cycle', '--tsconfig', 'tsconfig.json'];
    return { argv: [join(place.peerBin, 'oxlint'), ...rule, '--format', 'json'], cwd: root };
  },
  parse: ({ stdout }) =>
    (JSON.parse(stdout) as Lint).diagnostics.flatMap(({ code, filename, note }) => {
      if (code !== 'import(no-cycle)') return [];
      const named = [...(note ?? '').matchAll(/\(([^()]+\.\w+)\)$/gm)].map((match) => match[1] as string);
      return cycle([filename, ...named]);
    }),
};
