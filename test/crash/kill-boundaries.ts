import { describeCall, type FileCall, fileCalls } from './file-call.ts';
import { type Injection, injectionOptions, planInjections } from './injection.ts';
import type { Lane, Prepared } from './lane.ts';
import type { Ending } from './scenario.ts';
import { type Call, parseTrace } from './trace.ts';
import { judge, type Side } from './verdict.ts';

/** What became of the kills of one scenario. */
export interface KillTally {
  scenario: string;
  /** Calls of the scenario that change or flush a file of the place. */
  boundaries: number;
  kills: number;
  /** Different calls in which a process died, by the trace of the killed run. */
  hit: number;
  /** Kills that did not happen because that run gave an object another name: a manifest differs from run to run. */
  renamed: number;
  /** Visible changes between which and the one before no kill happened. Only looked for when each boundary was tried. */
  uncovered: string[];
  /** In how many cases recovery led to which side. */
  before: number;
  after: number;
  violations: string[];
}

/** How many of the boundaries to try, and how thoroughly. */
export interface KillOptions {
  /** Every n-th boundary. Default: each. */
  stride?: number;
  /** The first one. Default: 0. */
  offset?: number;
  /** Default: undo or repeat after each kill. */
  goOn?: boolean;
  progress?: (line: string) => void;
}

/** What one killed process left behind, besides the place. */
interface Killed {
  /** The call in which it died; `undefined`: it was not killed, or not where the recording has a boundary. */
  at: Call | undefined;
  /** Not killed, because nothing in that run had the watched name. */
  renamed: boolean;
  /** The caller had been told how the scenario ended. */
  answered: boolean;
}

/** Kills the process at the entry of each call that changes or flushes a file, recovers, and judges. */
export async function killEverywhere(lane: Lane, prepared: Prepared, options: KillOptions = {}): Promise<KillTally> {
  const { stride = 1, offset = 0, goOn = true, progress } = options;
  const { all, planned } = await recordBoundaries(lane, prepared);
  const chosen = planned.filter((_, index) => index % stride === offset % stride);
  const tally: KillTally = { ...emptyTally(prepared), boundaries: all.length };
  const hit = new Set<Call>();
  for (const [index, injection] of chosen.entries()) {
    await prepared.setUp();
    const { at, renamed, answered } = await killOnce(lane, prepared.ending, injection);
    if (at) hit.add(at);
    if (renamed) {
      tally.renamed += 1;
      // The same step of an object with a steady name is met like any other.
      hit.add(injection.target.call);
    }
    tally.kills += 1;
    const allowed: Side[] = answered ? ['after'] : ['before', 'after'];
    const { side, wrong } = await judge(lane.place, { prepared, allowed, goOn });
    if (side !== 'mixed') tally[side] += 1;
    const where = `${describeCall(injection.target)} (call ${injection.target.call.index})`;
    if (wrong.length > 0) tally.violations.push(`killed at ${where}: ${wrong.join('; ')}`);
    if (progress && (index + 1) % 50 === 0) progress(`${tally.scenario}: ${index + 1} of ${chosen.length} kills`);
  }
  tally.hit = all.filter(({ call }) => hit.has(call)).length - tally.renamed;
  if (stride === 1) tally.uncovered = uncovered(all, hit);
  return tally;
}

/** Records the scenario once, unharmed, and plans how to meet each of its calls. */
export async function recordBoundaries(lane: Lane, prepared: Prepared) {
  await prepared.setUp();
  const { output, trace } = await lane.record(prepared.ending);
  if (!output.includes('closed')) throw new Error(`expected the scenario to work unharmed, it said: ${output}`);
  const calls = parseTrace(trace);
  const all = fileCalls(calls, lane.place.folder);
  return { all, ...planInjections(calls, lane.place.folder) };
}

/**
 * The starting point of a recovery: a commit that was killed at `fraction` of its boundaries. Both sides are the tree
 * before the run.
 */
export async function prepareInterrupted(lane: Lane, commit: Prepared, fraction: number): Promise<Prepared> {
  const { planned } = await recordBoundaries(lane, commit);
  const injection = planned[Math.floor(planned.length * fraction)];
  if (!injection) throw new Error('expected a scenario with boundaries, found none');
  const setUp = async () => {
    await commit.setUp();
    const { at, answered } = await killOnce(lane, commit.ending, injection);
    const where = describeCall(injection.target);
    if (!at || answered) throw new Error(`expected the commit to be killed before it answers, at ${where}`);
  };
  return { ...commit, ending: 'recover', setUp, after: commit.before };
}

/** A name that is a hash of what is in it. */
const OBJECT = /[0-9a-f]{64}/;

async function killOnce(lane: Lane, ending: Ending, injection: Injection): Promise<Killed> {
  const options = ['-y', '-xx', ...injectionOptions(injection, 'signal=SIGKILL')];
  const { output, signal, trace } = await lane.drive(ending, options, injection.late);
  const answered = output.includes('answered');
  const calls = parseTrace(trace);
  const renamed = calls.length === 0 && OBJECT.test(injection.watched);
  if (signal !== 'SIGKILL') return { at: undefined, renamed, answered };
  const died = calls.findIndex(({ result }) => result === undefined);
  return { at: injection.alike[died], renamed: false, answered };
}

function emptyTally({ ending, first }: Prepared): KillTally {
  const scenario = first ? `first ${ending}` : ending;
  return { scenario, boundaries: 0, kills: 0, hit: 0, renamed: 0, uncovered: [], before: 0, after: 0, violations: [] };
}

/**
 * Between two visible changes a kill leaves the same files wherever it happens: flushes there need not be met one by
 * one. Every change must have a kill after the change before it and not after itself.
 */
function uncovered(all: readonly FileCall[], hit: ReadonlySet<Call>): string[] {
  const missed: string[] = [];
  let met = false;
  for (const fileCall of all) {
    met ||= hit.has(fileCall.call);
    if (!fileCall.changes) continue;
    if (!met) missed.push(describeCall(fileCall));
    met = false;
  }
  return missed;
}
