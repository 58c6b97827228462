import { join } from 'node:path';
import { place } from '../place.ts';
import { type Finding, manifestAbove } from './finding.ts';
import type { Tool } from './tool.ts';

interface Issue {
  file: string;
  dependencies?: { name: string }[];
  devDependencies?: { name: string }[];
  unlisted?: { name: string }[];
}

/** Dead code and dependencies: all that `knip` does. */
export const knip: Tool = {
  name: 'knip',
  classes: ['dependency'],
  command: (root) => ({ argv: [join(place.peerBin, 'knip'), '--reporter', 'json', '--no-progress'], cwd: root }),
  parse: ({ stdout }, root) => {
    const { issues } = JSON.parse(stdout) as { issues: Issue[] };
    const found: Finding[] = [];
    for (const issue of issues) {
      for (const kind of ['dependencies', 'devDependencies'] as const) {
        for (const { name } of issue[kind] ?? []) found.push({ class: 'dependency', file: issue.file, name, kind });
      }
      for (const { name } of issue.unlisted ?? []) {
        found.push({ class: 'dependency', file: manifestAbove(root, issue.file), name, kind: 'unlisted' });
      }
    }
    return found;
  },
};
