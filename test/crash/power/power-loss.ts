import type { Lane, Prepared } from '../lane.ts';
import type { Ending, Links } from '../scenario.ts';
import { parseTrace } from '../trace.ts';
import { judge } from '../verdict.ts';
import { type CrashState, crashStates, type Ignored, type OrderModel } from './crash-states.ts';
import { readDisk } from './disk.ts';
import { type DiskLog, readLog } from './log.ts';
import { describeDisk, digestOf, diskOf, materialise } from './materialise.ts';

/** What became of the power cuts of one scenario. */
export interface PowerTally {
  scenario: string;
  model: OrderModel;
  /** Effects, flushes and answers in the log. */
  records: number;
  /** States that the model allows, as enumerated. */
  states: number;
  /** Different trees among them, each judged once per side of the answer. */
  different: number;
  /** Trees that were recovered and judged. */
  judged: number;
  before: number;
  after: number;
  violations: string[];
}

/** How many states to judge, and how thoroughly. */
export interface PowerOptions {
  /** At most this many different trees, spread evenly. Default: all. */
  atMost?: number;
  /** Undo or repeat after each n-th. Default: 8. */
  goOnEach?: number;
  progress?: (line: string) => void;
}

/**
 * Records the scenario, with all contents. The model must come to what the process really left, or it has not understood
 * the recording and proves nothing.
 */
export async function recordLog(lane: Lane, prepared: Prepared): Promise<DiskLog> {
  await prepared.setUp();
  const start = readDisk(lane.place.folder);
  const { output, trace } = await lane.record(prepared.ending);
  if (!output.includes('closed')) throw new Error(`expected the scenario to work unharmed, it said: ${output}`);
  const left = describeDisk(readDisk(lane.place.folder));
  const log = readLog(parseTrace(trace), lane.place.folder, start);
  const everything = new Set(log.records.keys());
  const modelled = describeDisk(diskOf(log, { kept: everything, answered: true, what: 'no power cut' }));
  const difference = modelled.find((line, index) => line !== left[index]);
  if (difference !== undefined || modelled.length !== left.length) {
    throw new Error(`expected the model to come to what the process left, it has ${difference ?? 'too little'}`);
  }
  return log;
}

/** Cuts the power wherever the model of the file system allows it, recovers, and judges. */
export async function cutEverywhere(
  lane: Lane,
  prepared: Prepared,
  model: OrderModel,
  { atMost = Number.POSITIVE_INFINITY, goOnEach = 8, progress }: PowerOptions = {},
): Promise<PowerTally> {
  const log = await recordLog(lane, prepared);
  const { states, different } = differentStates(log, model);
  const stride = Math.max(1, different.length / atMost);
  const chosen = different.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
  const scenario = prepared.first ? `first ${prepared.ending}` : prepared.ending;
  const tally: PowerTally = {
    scenario,
    model,
    records: log.records.length,
    states,
    different: different.length,
    judged: 0,
    before: 0,
    after: 0,
    violations: [],
  };
  for (const [index, state] of chosen.entries()) {
    const { side, wrong } = await judgeState(lane, prepared, log, state, index % goOnEach === 0);
    tally.judged += 1;
    if (side !== 'mixed') tally[side] += 1;
    if (wrong.length > 0)
      tally.violations.push(`${state.what}${state.answered ? ' (answered)' : ''}: ${wrong.join('; ')}`);
    if (progress && (index + 1) % 500 === 0)
      progress(`power loss, ${scenario}, ${model}: ${index + 1} of ${chosen.length} states`);
  }
  return tally;
}

/** The links that a state can have when it is made: recovery tells by inodes what a command did. */
export function linksFor(ending: Ending): Links {
  return ending === 'capture' ? 'none' : 'overwritten';
}

/** Puts one state into the place and judges it. */
export function judgeState(lane: Lane, prepared: Prepared, log: DiskLog, state: CrashState, goOn: boolean) {
  materialise(diskOf(log, state), lane.place.folder);
  return judge(lane.place, { prepared, allowed: state.answered ? ['after'] : ['before', 'after'], goOn });
}

/** The states of a log whose trees differ. After the answer a tree is judged more severely, so it counts again. */
export function differentStates(log: DiskLog, model: OrderModel, ignored?: Ignored) {
  let states = 0;
  const seen = new Set<string>();
  const different: CrashState[] = [];
  for (const state of crashStates(log, model, ignored)) {
    states += 1;
    const key = `${state.answered} ${digestOf(diskOf(log, state))}`;
    if (seen.has(key)) continue;
    seen.add(key);
    different.push(state);
  }
  return { states, different };
}
