import { join } from 'node:path';
import type { Environment } from '../../sandbox/index.ts';
import { findOnPath, isThere, readText, upwards } from './project-files.ts';

/** What detection needs of a `package.json`. Fields of the wrong shape count as absent. */
export interface PackageJson {
  name?: string;
  scripts: Record<string, string>;
  /** All kinds of dependencies together. */
  dependencies: string[];
  packageManager?: string;
  workspaces: string[];
}

/** The `package.json` of a folder. */
export async function readPackageJson(
  folder: string,
): Promise<{ kind: 'read'; value: PackageJson } | { kind: 'absent' } | { kind: 'malformed'; reason: string }> {
  const text = await readText(join(folder, 'package.json'));
  if (text === undefined) return { kind: 'absent' };
  try {
    const raw: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (!isObject(raw)) return { kind: 'malformed', reason: 'it holds no object' };
    const workspaces = isObject(raw.workspaces) ? raw.workspaces.packages : raw.workspaces;
    return {
      kind: 'read',
      value: {
        ...(typeof raw.name === 'string' ? { name: raw.name } : {}),
        ...(typeof raw.packageManager === 'string' ? { packageManager: raw.packageManager } : {}),
        scripts: strings(raw.scripts),
        dependencies: ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((field) =>
          Object.keys(strings(raw[field])),
        ),
        workspaces: Array.isArray(workspaces) ? workspaces.filter((item) => typeof item === 'string') : [],
      },
    };
  } catch (error) {
    return { kind: 'malformed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strings(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** A program that runs the scripts of a `package.json`. */
export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

const LOCK_FILES: readonly [string, PackageManager][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** The package manager that the project names, or whose lock file is nearest. Default: npm. */
export async function packageManagerOf(folder: string, json: PackageJson): Promise<PackageManager> {
  const named = /^(npm|pnpm|yarn|bun)(?:@|$)/.exec(json.packageManager ?? '')?.[1];
  if (named !== undefined) return named as PackageManager;
  for (const place of upwards(folder)) {
    for (const [file, manager] of LOCK_FILES) if (await isThere(join(place, file))) return manager;
    if (await isThere(join(place, '.git'))) break;
  }
  return 'npm';
}

/** The command that runs a script: by the project's manager, or by npm where that is not installed. */
export async function scriptCommand(
  manager: PackageManager,
  script: string,
  env: Environment,
  platform: NodeJS.Platform,
): Promise<string[]> {
  const found = manager === 'npm' || (await findOnPath(manager, env, platform)) !== undefined;
  const program = found ? manager : 'npm';
  const named = platform === 'win32' && program !== 'bun' ? `${program}.cmd` : program;
  return program === 'npm' ? [named, 'run', '--silent', script] : [named, 'run', script];
}
