import type { LeaseHolder, LeaseWait } from '../../swarm.ts';
import type { CommandContext } from './command-context.ts';
import { parseDuration } from './duration.ts';
import { printable } from './view/printable.ts';

/** What `--wait` holds: `true` without a duration. */
export interface WaitOptions {
  wait?: string | true;
  json?: boolean;
}

/** How long to wait for a repository in use; `undefined`: not at all. Refuses a malformed duration with code 2. */
export function waitTime({ wait }: WaitOptions): Pick<LeaseWait, 'atMost'> | undefined {
  if (wait === undefined) return undefined;
  const atMost = wait === true ? undefined : parseDuration(wait, '--wait');
  return atMost === undefined ? {} : { atMost };
}

/**
 * The waiting of a short command: Ctrl-C ends it while it waits, and is held back once the command has the repository,
 * so that it ends whole.
 */
export function leaseWait(
  { stderr }: CommandContext,
  options: WaitOptions,
): { wait: LeaseWait | undefined; dispose(): void } {
  const time = waitTime(options);
  if (time === undefined) return { wait: undefined, dispose: () => undefined };
  const controller = new AbortController();
  const stop = () => controller.abort(new DOMException('Interrupted while waiting.', 'AbortError'));
  for (const signal of SIGNALS) process.on(signal, stop);
  const onWait = (holder: LeaseHolder | undefined) => {
    if (!options.json) stderr.write(`${waitingLine(holder)}\n`);
  };
  return {
    wait: { ...time, signal: controller.signal, onWait },
    dispose: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The one line that says what a command waits for. */
export function waitingLine(holder: Partial<LeaseHolder> | undefined): string {
  const { pid, run, task } = holder ?? {};
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  const what = [run, task].filter((fact) => fact !== undefined).join(', ');
  return printable(`Waiting for ${who}${what === '' ? '' : ` (${what})`} to end. Ctrl-C stops waiting.`);
}
