import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { place } from '../place.ts';
import type { Finding } from './finding.ts';
import type { Tool } from './tool.ts';

interface Found {
  path?: string;
  name?: string;
  specifier?: string;
  kind?: string;
  members?: string[];
}

/** Everything that PyAgent remembers between runs, kept out of the person's own folders. */
const home = join(tmpdir(), 'pyagent-bench-home');

const environment = {
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_DATA_HOME: join(home, 'data'),
};

/** The command line of the main job, with more flags. */
export function pyagentCommand(root: string, flags: string[]) {
  const task = ['run', '--task', 'Analyze dependencies and optimize imports', '--path', root, '--json', ...flags];
  return { argv: [process.execPath, join(place.repository, 'dist/pyagent.js'), ...task], cwd: root, env: environment };
}

/** The whole main job without its changes: imports, dependencies, cycles and dead code. */
export const pyagent: Tool = {
  name: 'PyAgent',
  classes: ['import', 'cycle', 'dependency'],
  wholeComponents: true,
  command: (root) => pyagentCommand(root, ['--dry-run', '--verify', 'none']),
  parse: ({ stdout, stderr, status }) => {
    if (status !== 0)
      throw new Error(`expected a dry run to end with status 0, found ${status}: ${stderr.slice(0, 500)}`);
    return findings(stdout);
  },
  forget: () => rm(home, { recursive: true, force: true }),
};

/** The findings in an event stream: every list of them in any event, each finding once. */
export function findings(stream: string): Finding[] {
  const found = new Map<string, Finding>();
  const add = (finding: Finding) => found.set(JSON.stringify(finding), finding);
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) {
        const finding = normalised(key, item as Found);
        if (finding !== undefined) add(finding);
      }
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) visit(inner, name);
  };
  for (const line of stream.split('\n')) {
    if (line !== '') visit(JSON.parse(line), '');
  }
  return [...found.values()];
}

function normalised(list: string, item: Found): Finding | undefined {
  const { path, name, kind, members, specifier } = item ?? {};
  if (list === 'imports' && kind === 'unused' && path !== undefined && name !== undefined) {
    const local = specifier?.startsWith(`${name}.`) ? specifier : name;
    return { class: 'import', file: path, names: [local] };
  }
  if (list === 'dependencies' && path !== undefined && name !== undefined && kind !== undefined && kind !== 'unknown') {
    return { class: 'dependency', file: path, name, kind };
  }
  if (list === 'cycles' && members !== undefined && kind !== 'deferred')
    return { class: 'cycle', files: [...members].sort() };
  return undefined;
}
