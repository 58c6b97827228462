import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../kernel/index.ts';
import { commandRunner, userEnvironment } from '../../sandbox/index.ts';
import { type CheckContext, checkEnvironment } from '../index.ts';

/** A real project in a temporary folder, for tests. */
export interface TemporaryProject {
  root: string;
  context: CheckContext;
  /** What was emitted so far. */
  events: { kind: string; data: Record<string, unknown> }[];
  write(files: Readonly<Record<string, string>>): void;
}

const ownRoot = fileURLToPath(new URL('../../..', import.meta.url));
const runCommand = commandRunner({ clock: systemClock, graceMs: 300 });

/** A {@link TemporaryProject} that ends with its test. Commands run with the Node that runs the tests. */
export function temporaryProject(
  owner: TestContext,
  files: Readonly<Record<string, string>>,
  context: Partial<CheckContext> = {},
): TemporaryProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'verify-')));
  owner.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  write(files);
  const env = userEnvironment(process.env, ownRoot);
  env.PATH = `${dirname(process.execPath)}${delimiter}${env.PATH}`;
  const events: TemporaryProject['events'] = [];
  const emit = (kind: string, data: Record<string, unknown>) => events.push({ kind, data });
  return {
    root,
    write,
    events,
    context: { runCommand, clock: systemClock, env: checkEnvironment(env), emit, ...context },
  };
}

/** Gives the project an installed TypeScript: the native one, or the one written in JavaScript. */
export function installTypeScript(root: string, which: 'typescript' | 'typescript5' = 'typescript'): void {
  const modules = join(root, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  const installed = join(ownRoot, 'node_modules', which);
  symlinkSync(installed, join(modules, 'typescript'), 'junction');
  symlinkSync(join(installed, 'bin', 'tsc'), join(modules, '.bin', 'tsc'));
}
