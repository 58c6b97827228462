import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../kernel/index.ts';
import { cappedOutput } from './capped-output.ts';
import type { Command, CommandOutput, LimitedResource } from './command.ts';
import { endTree, type ProcessTree, signalTree } from './process-tree.ts';

/** How the process that we started ended, or why we ended it. */
export type ChildEnd =
  | { kind: 'exited'; code: number }
  | { kind: 'signalled'; signal: string }
  | { kind: 'timed-out' }
  | { kind: 'cancelled' }
  | { kind: 'exceeded'; resource: LimitedResource };

/** What {@link attendChild} goes by. */
export interface AttendOptions {
  clock: Clock;
  /** Milliseconds between asking a process to end and ending it. */
  graceMs: number;
}

const DEFAULT_OUTPUT = 8 * 1024 * 1024;
/** How long a pipe is read after the last process that could write to it should be gone. */
const PIPE_GRACE_MS = 1000;

const running = new Set<ProcessTree>();

/**
 * Stays with a started child until it and everything that it started has ended: feeds its input, collects its output
 * within the limits, and ends it when its time is up, when it is cancelled or when it writes more than it may.
 */
export async function attendChild(
  child: ChildProcess,
  tree: ProcessTree,
  command: Command,
  { clock, graceMs }: AttendOptions,
): Promise<ChildEnd & CommandOutput> {
  const start = clock.monotonic();
  let stopped: Exclude<ChildEnd, { kind: 'exited' | 'signalled' }> | undefined;
  let insist: NodeJS.Timeout | undefined;
  const stop = (why: NonNullable<typeof stopped>) => {
    if (stopped !== undefined) return;
    stopped = why;
    signalTree(tree, 'SIGTERM');
    insist = setTimeout(() => signalTree(tree, 'SIGKILL'), graceMs);
  };
  const output = collect(child, command, () => stop({ kind: 'exceeded', resource: 'output' }));
  // A program may end, or close its input, without having read it all; its exit code says whether that is wrong.
  if (typeof command.stdin === 'string') child.stdin?.on('error', () => undefined).end(command.stdin);
  guardAgainstOurOwnExit(tree);
  const late = command.timeoutMs;
  const timer = late === undefined ? undefined : setTimeout(() => stop({ kind: 'timed-out' }), late);
  const cancel = () => stop({ kind: 'cancelled' });
  command.signal?.addEventListener('abort', cancel, { once: true });
  if (command.signal?.aborted) cancel();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = await ended(child);
  clearTimeout(timer);
  clearTimeout(insist);
  command.signal?.removeEventListener('abort', cancel);
  await endTree(tree, graceMs);
  running.delete(tree);
  await closeWithin(child, closed);
  return { ...(stopped ?? end), ...output(), durationMs: clock.monotonic() - start };
}

function ended(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(code === null ? { kind: 'signalled', signal: signal ?? 'unknown' } : { kind: 'exited', code }),
    );
  });
}

function collect(child: ChildProcess, command: Command, flooded: () => void): () => Omit<CommandOutput, 'durationMs'> {
  const limit = command.maxOutputBytes ?? DEFAULT_OUTPUT;
  const kept = { stdout: cappedOutput(limit), stderr: cappedOutput(limit) };
  let total = 0;
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name];
    stream?.on('data', (chunk: Buffer) => {
      total += chunk.length;
      if (total > (command.outputLimitBytes ?? Number.POSITIVE_INFINITY)) return flooded();
      kept[name].add(chunk);
      const waits = command.onOutput?.(chunk, name);
      if (waits === undefined) return;
      stream.pause();
      void waits.finally(() => stream.resume());
    });
  }
  return () => ({
    stdout: kept.stdout.text(),
    stderr: kept.stderr.text(),
    truncated: kept.stdout.truncated || kept.stderr.truncated,
  });
}

async function closeWithin(child: ChildProcess, closed: Promise<void>): Promise<void> {
  const timer = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, PIPE_GRACE_MS);
  await closed;
  clearTimeout(timer);
}

/** A detached child outlives us unless it is ended, whichever way we go (except SIGKILL, which nobody survives to see). */
function guardAgainstOurOwnExit(tree: ProcessTree): void {
  if (running.size === 0 && !process.listeners('exit').includes(endAll)) process.on('exit', endAll);
  running.add(tree);
}

function endAll(): void {
  for (const tree of running) signalTree(tree, 'SIGKILL');
}
