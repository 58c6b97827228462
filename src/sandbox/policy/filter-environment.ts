import type { Environment } from '../command.ts';
import { isForbiddenVariable } from './forbidden-variable.ts';

/**
 * The environment of a command: the variables that a policy passes, without those that run or load something and those
 * that hold a secret by their name, and the ones that it sets.
 */
export function filterEnvironment(
  env: Environment,
  { pass, set }: { pass: readonly string[]; set: Readonly<Record<string, string>> },
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.includes('\0') || isForbiddenVariable(name, value)) continue;
    if (pass.some((pattern) => passes(pattern, name))) result[name] = value;
  }
  return { ...result, ...set };
}

function passes(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
