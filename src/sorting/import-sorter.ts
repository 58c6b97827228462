import type { Language } from '../code/index.ts';
import type { CommandOutcome } from '../sandbox/index.ts';

/** What a folder says about sorting: `sorts` and `keeps` end the search; no answer sends it to the folder above. */
export type Setting = 'sorts' | 'keeps';

/** Runs the tool with arguments in the folder of its setting, with `stdin` as its input. */
export type ToolRun = (args: readonly string[], stdin: string) => Promise<CommandOutcome>;

/** What a tool made of a text. */
export type Sorted = { kind: 'sorted'; text: string } | { kind: 'failed'; reason: string };

/** A tool that sorts imports. */
export interface ImportSorter {
  /** For a person. */
  name: string;
  language: Language;
  /** The program, as its package installs it. */
  program: string;
  /** What the configuration in one folder says. `read` gives the text of a file of that folder, when it is there. */
  setting(read: (name: string) => Promise<string | undefined>): Promise<Setting | undefined>;
  /** Sorts the text of a file; `path` is relative to the folder of the setting. */
  sort(text: string, path: string, run: ToolRun): Promise<Sorted>;
}

/** The usual way: what the tool prints is the text, when it ends with 0. */
export function printed(name: string, outcome: CommandOutcome): Sorted {
  const reason = failure(name, outcome, [0]);
  if (reason !== undefined) return { kind: 'failed', reason };
  return { kind: 'sorted', text: outcome.kind === 'exited' ? outcome.stdout : '' };
}

/** Why the output of a command is of no use, if it is not. */
export function failure(name: string, outcome: CommandOutcome, good: readonly number[]): string | undefined {
  switch (outcome.kind) {
    case 'not-found':
      return `${name} is not installed`;
    case 'refused':
      return `${name} could not be started: ${outcome.reason}`;
    case 'timed-out':
      return `${name} took too long`;
    case 'cancelled':
      return 'the run was cancelled';
    case 'signalled':
      return `${name} was ended by ${outcome.signal}`;
    case 'exited': {
      if (outcome.truncated) return `${name} printed too much`;
      if (good.includes(outcome.code)) return undefined;
      const said = (outcome.stderr.trim() || outcome.stdout.trim())
        .split('\n')[0]
        ?.replace(/\s*━+$/, '')
        .slice(0, 160);
      return `${name} ended with ${outcome.code}${said ? ` (${said})` : ''}`;
    }
  }
}
