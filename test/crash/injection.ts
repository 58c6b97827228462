import { type FileCall, fileCalls, watchable } from './file-call.ts';
import type { Call, CallArgument } from './trace.ts';

/** How strace is told to meet one call of a recording. */
export interface Injection {
  /** The call it is meant for. */
  target: FileCall;
  /** `-e trace` and `-e inject`: one system call. */
  name: string;
  /** `-P`: only calls that name this. */
  watched: string;
  /** `when=`. */
  when: number;
  /** strace must begin only when the process says {@link OPENED}. */
  late: boolean;
  /** All calls of the recording that the name and the path let through, in order. */
  alike: readonly Call[];
}

/**
 * Finds for each call of a recording an injection that meets it first.
 *
 * strace counts `when` per system call and per thread (strace(1): "Accounting of syscalls that are subject to injection
 * is done per syscall and per tracee"), after the filter by path. So an injection is chosen by system call, path and
 * number, and it is good when no other thread gets to that number first. Where one does, counting can also begin when
 * the store is open and its thread has not written yet. `missed` are calls for which neither is any use.
 */
export function planInjections(calls: readonly Call[], folder: string): { planned: Injection[]; missed: FileCall[] } {
  const watchedBy = new Map(calls.map((call) => [call, new Set(watchable(call, folder))]));
  const opened = calls.findIndex((call) => call.name === 'write' && call.arguments.some(saysOpened));
  const later = calls.slice(opened + 1);
  const plan = (target: FileCall, among: readonly Call[]): Injection | undefined => {
    const { call } = target;
    for (const watched of watchedBy.get(call) ?? []) {
      const alike = among.filter((other) => other.name === call.name && watchedBy.get(other)?.has(watched));
      const when = alike.filter((other) => other.thread === call.thread && other.index <= call.index).length;
      if (when === 0 || firstToReach(alike, when) !== call) continue;
      return { target, name: call.name, watched, when, alike, late: among === later };
    }
    return undefined;
  };
  const planned: Injection[] = [];
  const missed: FileCall[] = [];
  for (const target of fileCalls(calls, folder)) {
    const injection = plan(target, calls) ?? plan(target, later);
    if (injection) planned.push(injection);
    else missed.push(target);
  }
  return { planned, missed };
}

/** What the driver says when it has opened the place. */
export const OPENED = 'opened';

function saysOpened(argument: CallArgument): boolean {
  return argument.kind === 'text' && argument.text === `${OPENED}\n`;
}

function firstToReach(calls: readonly Call[], when: number): Call | undefined {
  const counts = new Map<string, number>();
  for (const call of calls) {
    const count = (counts.get(call.thread) ?? 0) + 1;
    counts.set(call.thread, count);
    if (count === when) return call;
  }
  return undefined;
}

/** strace's options for an injection. `effect`: `signal=SIGKILL`, `error=ENOSPC`. `onwards`: also all later calls. */
export function injectionOptions({ name, watched, when }: Injection, effect: string, onwards = false): string[] {
  return ['-e', `trace=${name}`, '-P', watched, '-e', `inject=${name}:${effect}:when=${when}${onwards ? '+' : ''}`];
}
