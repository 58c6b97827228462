import { setTimeout } from 'node:timers/promises';
import { type Clock, isPyAgentError, PyAgentError } from '../kernel/index.ts';
import { type NativeLock, native } from '../native/index.ts';
import { ioError } from './io-error.ts';

/** Who works on a workspace. Only the process id is always there. */
export interface LeaseHolder {
  pid: number;
  /** Name of the machine. */
  host?: string;
  /** Milliseconds since the Unix epoch. */
  since?: number;
  run?: string;
  /** What it does, in words. */
  task?: string;
}

/** What a process says of itself to those who find the workspace taken. */
export type LeaseClaim = Pick<LeaseHolder, 'host' | 'run' | 'task'>;

/** How to wait for a workspace that is taken. */
export interface LeaseWait {
  /** Milliseconds; absent: until it is free. */
  atMost?: number;
  /** Ends the waiting; its reason is thrown. */
  signal?: AbortSignal;
  /** Told once who holds it, when the waiting begins. */
  onWait?: (holder: LeaseHolder | undefined) => void;
}

/** What {@link takeLease} needs. */
export interface LeaseRequest {
  /** The repository, for messages. */
  root: string;
  /** The lock file. */
  path: string;
  clock: Clock;
  claim: LeaseClaim;
  /** Default: a workspace that is taken is an error at once. */
  wait?: LeaseWait;
}

/**
 * How often a waiting process tries, in milliseconds. A try is one system call on one file; a thread that blocks in the
 * call instead could not be called back when the person interrupts.
 */
const TRY_EVERY = 50;

/**
 * Takes the lease of a workspace: a lock of the system on one file, so that a holder that dies lets go at once, however
 * it dies. Fails with `state/busy`, with the holder in its details, when the waiting is over.
 */
export async function takeLease(request: LeaseRequest): Promise<NativeLock> {
  const { path, root, clock, claim, wait } = request;
  const record = JSON.stringify({ pid: process.pid, ...claim, since: clock.now() });
  const start = clock.monotonic();
  for (let tries = 0; ; tries += 1) {
    try {
      return native().lockWorkspace(path, record);
    } catch (error) {
      if (!isPyAgentError(error, 'store/busy')) throw ioError('lock', path, error);
      const holder = readHolder((error.details as { holder?: unknown }).holder);
      if (wait === undefined) throw taken(root, holder);
      wait.signal?.throwIfAborted();
      const left = (wait.atMost ?? Number.POSITIVE_INFINITY) - (clock.monotonic() - start);
      if (left <= 0) throw taken(root, holder, wait.atMost);
      if (tries === 0) wait.onWait?.(holder);
      await pause(Math.min(TRY_EVERY, left), wait.signal);
    }
  }
}

/** Who holds the lease at `path` now; `undefined` when it is free. Changes nothing. */
export function leaseHolder(path: string): { holder: LeaseHolder | undefined } | undefined {
  try {
    const record = native().workspaceHolder(path);
    return record === null ? undefined : { holder: readHolder(record) };
  } catch (error) {
    throw ioError('read', path, error);
  }
}

/** The error of a workspace that another process holds. */
export function taken(root: string, holder: LeaseHolder | undefined, waited?: number): PyAgentError {
  const after = waited === undefined ? '' : ` after ${waited} ms of waiting`;
  const advice = waited === undefined ? 'wait for it to end, or let --wait do that' : 'give --wait more time';
  return new PyAgentError({
    code: 'state/busy',
    message: `Expected the workspace to be free; ${root} is in use by ${describeHolder(holder)}${after}: ${advice}.`,
    details: { root, ...(holder === undefined ? {} : { holder }) },
  });
}

/** `process 12 (run run_1: "tidy up", since 2026-01-31 10:00Z, on host)`. */
export function describeHolder(holder: LeaseHolder | undefined): string {
  if (holder === undefined) return 'another process';
  const { pid, run, task, since, host } = holder;
  const what = [run === undefined ? '' : `run ${run}`, task === undefined ? '' : JSON.stringify(task)];
  const facts = [
    what.filter((fact) => fact !== '').join(': '),
    since === undefined ? '' : `since ${new Date(since).toISOString().slice(0, 16).replace('T', ' ')}Z`,
    host === undefined ? '' : `on ${host}`,
  ].filter((fact) => fact !== '');
  return `process ${pid}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

/** The record in the lock file: of an older version it is the process id alone, of anybody else anything. */
function readHolder(record: unknown): LeaseHolder | undefined {
  if (typeof record !== 'string') return undefined;
  try {
    const found: unknown = JSON.parse(record);
    if (typeof found === 'number') return { pid: found };
    if (typeof found !== 'object' || found === null) return undefined;
    const { pid, host, since, run, task } = found as Record<string, unknown>;
    if (typeof pid !== 'number') return undefined;
    return {
      pid,
      ...(typeof host === 'string' ? { host } : {}),
      ...(typeof since === 'number' && Number.isFinite(since) && Math.abs(since) <= LATEST ? { since } : {}),
      ...(typeof run === 'string' ? { run } : {}),
      ...(typeof task === 'string' ? { task } : {}),
    };
  } catch {
    return undefined;
  }
}

/** The end of the calendar of ECMAScript (section 21.4.1.1): a later number is no time. */
const LATEST = 8.64e15;

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
