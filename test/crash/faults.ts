import { describeCall } from './file-call.ts';
import { type Injection, injectionOptions } from './injection.ts';
import { recordBoundaries } from './kill-boundaries.ts';
import type { Lane, Prepared } from './lane.ts';
import type { Traced } from './strace.ts';
import { judge, type Side } from './verdict.ts';

/** The errors that a disk gives: full, broken, not allowed, read-only. */
export const FAULTS = ['ENOSPC', 'EIO', 'EACCES', 'EROFS'] as const;

/** What became of the faults of one scenario. */
export interface FaultTally {
  scenario: string;
  /** System calls that were made to fail. */
  faults: number;
  /** Runs that said so with an error of ours; the others got on without the call. */
  reported: number;
  /** How often each code was reported. */
  codes: Record<string, number>;
  before: number;
  after: number;
  violations: string[];
}

/** Which calls fail, and how. */
export interface FaultOptions {
  /** Every n-th call. Default: each. */
  stride?: number;
  offset?: number;
  /** The errors; `each`: all of them at each call, `in turn`: one per call. Default: `in turn`. */
  errors?: 'each' | 'in turn';
  /** The fault stays from that call on, until the process ends. Default: false. */
  onwards?: boolean;
  progress?: (line: string) => void;
}

/**
 * Lets calls of the scenario fail one at a time. The process must end with an error of ours or get on, must not hang or
 * die, and what it leaves must be before or after the run once the next process has recovered it.
 */
export async function failEverywhere(lane: Lane, prepared: Prepared, options: FaultOptions = {}): Promise<FaultTally> {
  const { stride = 1, offset = 0, errors = 'in turn', onwards = false, progress } = options;
  const { planned } = await recordBoundaries(lane, prepared);
  const chosen = planned.filter((_, index) => index % stride === offset % stride);
  const scenario = `${prepared.first ? 'first ' : ''}${prepared.ending}${onwards ? ', from then on' : ''}`;
  const tally: FaultTally = { scenario, faults: 0, reported: 0, codes: {}, before: 0, after: 0, violations: [] };
  for (const [index, injection] of chosen.entries()) {
    const turn = FAULTS[index % FAULTS.length] ?? 'EIO';
    for (const error of errors === 'each' ? FAULTS : [turn]) {
      await failOnce(lane, prepared, { injection, error, onwards }, tally);
      if (progress && tally.faults % 50 === 0) progress(`${scenario}: ${tally.faults} faults`);
    }
  }
  return tally;
}

async function failOnce(
  lane: Lane,
  prepared: Prepared,
  { injection, error, onwards }: { injection: Injection; error: string; onwards: boolean },
  tally: FaultTally,
): Promise<void> {
  await prepared.setUp();
  const ended = await lane.drive(
    prepared.ending,
    injectionOptions(injection, `error=${error}`, onwards),
    injection.late,
  );
  tally.faults += 1;
  const answered = ended.output.includes('answered');
  const allowed: Side[] = answered ? ['after'] : ['before', 'after'];
  const { side, wrong } = await judge(lane.place, { prepared, allowed });
  const report = reportOf(ended);
  if (report.code !== undefined) {
    tally.reported += 1;
    tally.codes[report.code] = (tally.codes[report.code] ?? 0) + 1;
  }
  wrong.push(...report.wrong);
  if (side !== 'mixed') tally[side] += 1;
  const where = `${error} at ${describeCall(injection.target)} (call ${injection.target.call.index})`;
  if (wrong.length > 0) tally.violations.push(`${where}: ${wrong.join('; ')}`);
}

/** What the process said at its end. An error without a code is a defect: nobody can act on it. */
function reportOf({ output, signal, code }: Traced): { code?: string; wrong: string[] } {
  if (signal !== null || code !== 0) return { wrong: [`the process ended with ${code ?? signal}: ${output}`] };
  const line = output.split('\n').find((text) => text.startsWith('failed '));
  if (line === undefined) return { wrong: output.includes('closed') ? [] : [`the process said only: ${output}`] };
  const failure = JSON.parse(line.slice('failed '.length)) as { code?: string; message: string; stack?: string };
  const { code: reported = 'none', message, stack } = failure;
  const ours = /^(?:state|store|command)\//.test(reported);
  return { code: reported, wrong: ours ? [] : [`it failed with the code ${reported}: ${stack ?? message}`] };
}
