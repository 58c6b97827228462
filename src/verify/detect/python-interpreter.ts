import { isAbsolute, join } from 'node:path';
import type { DetectOptions } from './detect-options.ts';
import { findOnPath, isThere, readText } from './project-files.ts';

/** Tools that keep a project's environment elsewhere, the file by which the project names the tool, and how to ask. */
const MANAGERS = [
  { program: 'poetry', file: 'poetry.lock', args: ['env', 'info', '--path'] },
  { program: 'pipenv', file: 'Pipfile', args: ['--venv'] },
] as const;

/**
 * The interpreter of the project: of the virtual environment in its folder, of the one that is active, of the one its
 * package manager knows, else the first on the PATH.
 */
export async function findPython(options: DetectOptions): Promise<string | undefined> {
  const { root, env, platform } = options;
  const inside = platform === 'win32' ? join('Scripts', 'python.exe') : join('bin', 'python');
  const active = env.VIRTUAL_ENV;
  const homes = ['.venv', 'venv', 'env'].map((name) => join(root, name));
  for (const home of active !== undefined && isAbsolute(active) ? [...homes, active] : homes) {
    if (await isThere(join(home, inside))) return join(home, inside);
  }
  const pdm = (await readText(join(root, '.pdm-python')))?.trim();
  if (pdm !== undefined && isAbsolute(pdm) && (await isThere(pdm))) return pdm;
  const home = await managedEnvironment(options);
  if (home !== undefined && (await isThere(join(home, inside)))) return join(home, inside);
  return (await findOnPath('python3', env, platform)) ?? findOnPath('python', env, platform);
}

async function managedEnvironment(options: DetectOptions): Promise<string | undefined> {
  const { root, env, platform, runCommand, signal } = options;
  for (const { program, file, args } of MANAGERS) {
    if (!(await isThere(join(root, file)))) continue;
    const path = await findOnPath(program, env, platform);
    if (path === undefined) continue;
    const outcome = await runCommand({ argv: [path, ...args], cwd: root, env, timeoutMs: 20_000, signal });
    const home = outcome.kind === 'exited' && outcome.code === 0 ? outcome.stdout.trim() : '';
    if (isAbsolute(home)) return home;
  }
  return undefined;
}
