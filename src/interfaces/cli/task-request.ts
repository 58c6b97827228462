import type { RunRequest } from '../../run/index.ts';
import type { CommandContext } from './command-context.ts';
import { type Config, flagOf, loadConfig } from './config/load-config.ts';
import { SETTING_NAMES, SETTINGS, type Settings } from './config/settings.ts';
import { landingRequest } from './landing-options.ts';
import { onlyPatterns } from './only.ts';
import { repositoryPath } from './repository-path.ts';
import { usageError } from './usage-error.ts';

/** The flags of a task as commander hands them over. */
export interface TaskOptions {
  path: string;
  task?: string;
  priority?: string;
  verify?: string;
  only?: string[];
  applyDeps?: boolean;
  unsafe?: boolean;
  strict?: boolean;
  yes?: boolean;
  timeout?: string;
  land?: string;
  isolation?: string;
  branch?: string;
  patchFile?: string;
  dryRun?: boolean;
  /** `true`: without a duration. */
  wait?: string | true;
  json?: boolean;
}

/** The settings that hold for `root`, flags included. Refuses with code 2. */
export async function configOf(
  context: CommandContext,
  options: Partial<TaskOptions>,
  root: string | undefined,
): Promise<Config> {
  const flags: Partial<Record<keyof Settings, unknown>> = {};
  for (const name of SETTING_NAMES) {
    const given = (options as Partial<Record<keyof Settings, unknown>>)[name];
    if (given === undefined) continue;
    flags[name] = typeof given === 'string' ? SETTINGS[name].kind.fromText(given, flagOf(name)) : given;
  }
  const { env } = context.environment;
  return loadConfig({
    flags: flags as Partial<Settings>,
    env,
    configHome: context.folders().config,
    ...(root === undefined ? {} : { root }),
  });
}

/** What the swarm is asked to do: every path and value checked. Refuses with code 2. */
export async function taskRequest(context: CommandContext, options: TaskOptions): Promise<RunRequest> {
  const task = options.task?.trim() ?? '';
  if (task === '') throw usageError('There is no task. Say what to do, for example --task "optimize imports".');
  const cwd = context.environment.cwd();
  const root = await repositoryPath(options.path, cwd);
  const config = await configOf(context, options, root);
  const only = await onlyPatterns(config.only.value, root, cwd);
  const timeout = config.timeout.value;
  const landing = landingRequest(config.land.value, options, cwd);
  return {
    task,
    root,
    priority: config.priority.value,
    dryRun: options.dryRun === true,
    verify: config.verify.value,
    only,
    applyDeps: config.applyDeps.value,
    unsafe: config.unsafe.value,
    strict: config.strict.value,
    yes: config.yes.value,
    isolation: config.isolation.value,
    ...(landing === undefined ? {} : { landing }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    history: historyLimits(config),
  };
}

/** The limits of the history that the settings hold; absent keys have none. */
export function historyLimits(config: Config): { olderThan?: number; maxSize?: number } {
  const [age, size] = [config['history.maxAge'].value, config['history.maxSize'].value];
  return { ...(age === undefined ? {} : { olderThan: age }), ...(size === undefined ? {} : { maxSize: size }) };
}
