import { type CommandRule, type DecideOptions, decide, STANDARD_POLICY, type Verdict } from '../../index.ts';

/** Where the judged commands run; nothing of it exists. */
export const WORKSPACE = '/home/ada/work';

export interface JudgeOptions extends Partial<DecideOptions> {
  rules?: readonly CommandRule[];
  /** Relative to the workspace. Default: the workspace. */
  folder?: string;
  workspace?: string;
}

/** A verdict on a command; `line` is split at spaces, words with spaces are given as an array. */
export function judge(
  line: string | readonly string[],
  { rules, folder = '', workspace = WORKSPACE, ...options }: JudgeOptions = {},
): Verdict {
  const argv = typeof line === 'string' ? line.split(' ') : line;
  const commands = rules ?? STANDARD_POLICY.commands;
  const cwd = folder === '' ? workspace : `${workspace}/${folder}`;
  return decide({ commands }, { argv, cwd, workspace }, { headless: true, ...options });
}

/** Those of the commands that are not judged as expected. */
export function otherwise(
  lines: readonly (string | readonly string[])[],
  expected: Verdict['kind'],
  options?: JudgeOptions,
) {
  return lines.filter((line) => judge(line, options).kind !== expected);
}

/** One command in a line. */
export const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
