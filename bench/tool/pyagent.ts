import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { place } from '../place.ts';
import type { Finding } from './finding.ts';
import type { Tool } from './tool.ts';

interface Found {
  check: string;
  path?: string;
  name?: string;
  specifier?: string;
  kind?: string;
  members?: string[];
  action?: string;
  reason?: string;
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

/** The findings in an event stream, each once however many rounds reported it. */
export function findings(stream: string): Finding[] {
  const found = new Map<string, Finding>();
  for (const line of stream.split('\n')) {
    if (line === '') continue;
    const { kind, data } = JSON.parse(line) as { kind: string; data: Found };
    const finding = kind === 'finding' ? normalised(data) : undefined;
    if (finding !== undefined) found.set(JSON.stringify(finding), finding);
  }
  return [...found.values()];
}

/** Unused imports that a run leaves where they are, each with the reason it gives. */
export function leftImports(stream: string): { file: string; name: string; reason: string }[] {
  return stream.split('\n').flatMap((line) => {
    if (line === '') return [];
    const { kind, data } = JSON.parse(line) as { kind: string; data: Found };
    const isLeft = kind === 'finding' && data.check === 'imports' && data.kind === 'unused' && data.action === 'leave';
    return isLeft ? [{ file: data.path ?? '', name: data.name ?? '', reason: data.reason ?? '' }] : [];
  });
}

function normalised({
  check,
  path = '',
  name = '',
  kind = '',
  members = [],
  specifier = '',
}: Found): Finding | undefined {
  if (check === 'imports' && kind === 'unused') {
    // `import a.b` binds `a`; everyone else names it by the whole path.
    return { class: 'import', file: path, names: [specifier.startsWith(`${name}.`) ? specifier : name] };
  }
  if (check === 'dependencies' && kind !== 'unknown') return { class: 'dependency', file: path, name, kind };
  if (check === 'cycles' && kind !== 'deferred') return { class: 'cycle', files: [...members].sort() };
  return undefined;
}
