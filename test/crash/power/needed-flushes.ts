import type { Lane, Prepared } from '../lane.ts';
import { type CrashState, instants, type OrderModel } from './crash-states.ts';
import type { DiskLog } from './log.ts';
import { digestOf, diskOf } from './materialise.ts';
import { judgeState, recordLog } from './power-loss.ts';

/** Which flushes of a recording are needed: without one of them some power cut leaves a wrong state. */
export interface FlushNeeds {
  /** Descriptions, in order. */
  needed: string[];
  redundant: string[];
}

/** How to look. */
export interface FlushOptions {
  /** Default: `weak`. */
  model?: OrderModel;
  /** Whether a flush is to be looked at, given what is known to be needed. Default: each is. */
  wanted?: (flush: string, needed: readonly string[]) => boolean;
}

/** At most this many instants are looked at for each flush, and this many losses at each. */
const INSTANTS = 6;
const LOSSES = 6;

/**
 * Removes one flush after the other from the log, as if the program had never asked for it, and looks whether a wrong
 * state comes up among those that its absence allows. This is the mutation test of the power-cut suite itself; a flush
 * whose absence nobody notices is either redundant or not looked at closely enough.
 */
export async function neededFlushes(
  lane: Lane,
  prepared: Prepared,
  { model = 'weak', wanted = () => true }: FlushOptions = {},
): Promise<FlushNeeds> {
  const log = await recordLog(lane, prepared);
  const needs: FlushNeeds = { needed: [], redundant: [] };
  const flushes = log.records.flatMap((record, position) => (record.kind === 'flush' ? [position] : []));
  const innocent = new Set<string>();
  for (const position of flushes) {
    const what = describe(log, position);
    if (!wanted(what, needs.needed)) continue;
    const wrong = await firstWrong(lane, prepared, { log, states: statesWithout(log, position, model), innocent });
    if (wrong) needs.needed.push(`${what}: ${wrong}`);
    else needs.redundant.push(what);
  }
  return needs;
}

async function firstWrong(
  lane: Lane,
  prepared: Prepared,
  { log, states, innocent }: { log: DiskLog; states: Iterable<CrashState>; innocent: Set<string> },
): Promise<string | undefined> {
  for (const state of states) {
    const key = `${state.answered} ${digestOf(diskOf(log, state))}`;
    if (innocent.has(key)) continue;
    const { wrong } = await judgeState(lane, prepared, log, state, false);
    if (wrong.length > 0) return `${state.what}: ${wrong[0]}`;
    innocent.add(key);
  }
  return undefined;
}

/** States that only the absence of one flush allows: something that it had made safe is lost, alone or with the rest. */
function* statesWithout(log: DiskLog, position: number, model: OrderModel): Generator<CrashState> {
  const safeAt = new Map([...instants(log, model)].map(({ at, safe }) => [at, safe]));
  const changed = [...instants(log, model, new Set([position]))].flatMap((instant) => {
    const freed = instant.loose.filter((index) => safeAt.get(instant.at)?.has(index));
    return freed.length > 0 ? [{ ...instant, freed }] : [];
  });
  for (const { at, safe, loose, freed, answered } of spread(changed.reverse(), INSTANTS)) {
    const state = (lost: readonly number[], what: string): CrashState => {
      const gone = new Set(lost);
      const kept = new Set([...safe, ...loose].filter((index) => !gone.has(index)));
      return { kept, answered, what: `power cut before record ${at}: ${what}` };
    };
    yield state(freed, 'all that it flushes is lost');
    for (const index of spread(freed, LOSSES)) yield state([index], `record ${index} is lost`);
    const later = loose.filter((index) => !freed.includes(index));
    yield state([...freed, ...later], 'everything unflushed is lost');
    for (const effects of dataOf(log, freed)) {
      for (const style of ['zeros', 'odd pages'] as const) {
        const kept = new Set([...safe, ...loose]);
        yield { kept, answered, what: `data is torn (${style})`, torn: { ...effects, style } };
      }
    }
  }
}

function dataOf({ records }: DiskLog, freed: readonly number[]) {
  const byInode = new Map<number, number[]>();
  for (const index of freed) {
    const record = records[index];
    if (record?.kind !== 'effect' || (record.effect.kind !== 'data' && record.effect.kind !== 'size')) continue;
    byInode.set(record.effect.inode, [...(byInode.get(record.effect.inode) ?? []), index]);
  }
  return [...byInode].map(([inode, effects]) => ({ inode, effects }));
}

/** At most `limit` of them, the first and others at even distances. */
function spread<T>(all: readonly T[], limit: number): T[] {
  const stride = Math.max(1, all.length / limit);
  return all.filter((_, index) => index === 0 || Math.floor(index / stride) !== Math.floor((index - 1) / stride));
}

function describe({ records }: DiskLog, position: number): string {
  const call = records[position]?.call;
  const where = call?.arguments.find((argument) => argument.kind === 'descriptor');
  return `record ${position}, ${call?.name} ${where?.kind === 'descriptor' ? where.path.split('/').slice(-2).join('/') : ''}`;
}
