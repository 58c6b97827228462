import { type Command, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { exitCodeHelp } from './exit-code.ts';

/** What carries a command out; the number is the exit code. */
export type Handler = (context: CommandContext, ...input: never[]) => Promise<number>;

/** Turns a handler that is loaded when it is called into commander's action. */
export type Does = (load: () => Promise<Handler>) => (...input: unknown[]) => Promise<void>;

/** `--wait`. */
export const waiting = () =>
  new Option('--wait [duration]', 'wait while another run works here: 30s, 5m; without a duration until it ends');
/** `--path`. */
export const repository = (command: Command) =>
  command.addOption(new Option('-p, --path <folder>', 'the repository').default('.', 'the current folder'));
/** `--json`, for a command that prints one document. */
export const json = (command: Command) => command.option('--json', 'print one JSON document');

/** The end of a command's help. */
export function help(examples: readonly string[], codes = false): string {
  const lines = ['', 'Examples:', ...examples.map((example) => `  $ ${example}`)];
  if (codes) lines.push('', 'Exit codes:', ...exitCodeHelp.map((line) => `  ${line}`));
  return lines.join('\n');
}
