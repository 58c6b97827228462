import { join } from 'node:path';
import { nearestWord } from '../../../kernel/index.ts';
import { usageError } from '../usage-error.ts';
import { readConfigFile } from './config-file.ts';
import { SETTING_NAMES, SETTINGS, type Settings } from './settings.ts';

/** Where a value came from, strongest first. */
export type ConfigSource =
  | { kind: 'flag'; name: string }
  | { kind: 'variable'; name: string }
  | { kind: 'project' | 'user'; name: string }
  | { kind: 'default' };

/** A value and its source, per setting. */
export type Config = {
  readonly [Key in keyof Settings]: { value: Settings[Key]; source: ConfigSource };
};

export interface ConfigInput {
  /** What the command line says; absent keys were not given. */
  flags: { readonly [Key in keyof Settings]?: Settings[Key] | undefined };
  env: Readonly<Record<string, string | undefined>>;
  /** The repository, for `pyagent.jsonc`; absent where no repository is involved. */
  root?: string;
  /** The user's folder, for `config.jsonc`. */
  configHome: string;
}

/** Flags, then `PYAGENT_*`, then the project's file, then the user's, then the defaults. Refuses with code 2. */
export async function loadConfig({ flags, env, root, configHome }: ConfigInput): Promise<Config> {
  const projectFile = root === undefined ? undefined : join(root, 'pyagent.jsonc');
  const userFile = join(configHome, 'config.jsonc');
  const project = projectFile === undefined ? undefined : await readConfigFile(projectFile, 'project');
  const user = await readConfigFile(userFile, 'user');
  refuseMisspelt(env);
  const resolve = (name: keyof Settings): { value: unknown; source: ConfigSource } => {
    const { kind, variable } = SETTINGS[name];
    if (Object.hasOwn(flags, name)) return { value: flags[name], source: { kind: 'flag', name: flagOf(name) } };
    const text = env[variable];
    if (text !== undefined && text !== '') {
      return { value: kind.fromText(text, variable), source: { kind: 'variable', name: variable } };
    }
    if (project && projectFile && Object.hasOwn(project, name)) {
      return { value: project[name], source: { kind: 'project', name: projectFile } };
    }
    if (user && Object.hasOwn(user, name)) return { value: user[name], source: { kind: 'user', name: userFile } };
    return { value: kind.fromJson(SETTINGS[name].default, name), source: { kind: 'default' } };
  };
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, resolve(name)])) as unknown as Config;
}

/** `applyDeps` -> `--apply-deps`. */
export function flagOf(name: keyof Settings): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A variable that nearly spells a setting would be ignored in silence; one that is nothing like it is not ours. */
function refuseMisspelt(env: Readonly<Record<string, string | undefined>>): void {
  const known: string[] = SETTING_NAMES.map((name) => SETTINGS[name].variable);
  for (const name of Object.keys(env)) {
    if (!name.startsWith('PYAGENT_') || known.includes(name)) continue;
    const suffixes = known.map((variable) => variable.slice('PYAGENT_'.length));
    const meant = nearestWord(name.slice('PYAGENT_'.length), suffixes);
    if (meant !== undefined) throw usageError(`${name} is not a setting. Did you mean PYAGENT_${meant}?`, { name });
  }
}
