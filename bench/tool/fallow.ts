import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { place } from '../place.ts';
import { type Finding, manifestAbove } from './finding.ts';
import type { Tool } from './tool.ts';

interface Answer {
  unlisted_dependencies: { package_name: string; imported_from: { path: string }[] }[];
  circular_dependencies: { files: string[] }[];
  [key: string]: unknown;
}

interface Declared {
  package_name: string;
  path: string;
}

const declaredKinds = [
  'unused_dependencies',
  'unused_dev_dependencies',
  'unused_optional_dependencies',
  'type_only_dependencies',
  'test_only_dependencies',
  'dev_dependencies_in_production',
];

/** Dead code, dependencies and cycles: all that `fallow dead-code` does. */
export const fallow: Tool = {
  name: 'fallow',
  classes: ['cycle', 'dependency'],
  command: (root) => ({ argv: [join(place.peerBin, 'fallow'), 'dead-code', '--format', 'json', '--quiet'], cwd: root }),
  parse: ({ stdout }, root) => {
    const answer = JSON.parse(stdout) as Answer;
    const found: Finding[] = answer.circular_dependencies.map(({ files }) => ({
      class: 'cycle',
      files: [...files].sort(),
    }));
    for (const kind of declaredKinds) {
      for (const { package_name, path } of (answer[kind] ?? []) as Declared[]) {
        found.push({ class: 'dependency', file: path, name: package_name, kind });
      }
    }
    for (const { package_name, imported_from } of answer.unlisted_dependencies) {
      for (const file of new Set(imported_from.map(({ path }) => manifestAbove(root, path)))) {
        found.push({ class: 'dependency', file, name: package_name, kind: 'unlisted_dependencies' });
      }
    }
    return found;
  },
  forget: (root) => rm(join(root, '.fallow'), { recursive: true, force: true }),
};
