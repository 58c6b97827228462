import type { DiskLog, LogRecord } from './log.ts';

/**
 * What a power cut leaves: the records of the log that reached the disk, by position, and how the data of files arrived
 * that had not been flushed.
 */
export interface CrashState {
  /** Effects that are on the disk, as positions in the log. */
  kept: ReadonlySet<number>;
  /** Unsynced data that arrived in pieces. */
  torn?: TornData;
  /** The caller had been answered. */
  answered: boolean;
  /** In words, for a report. */
  what: string;
}

/** The data of one file that arrived in pieces, and the effects that it came from. */
export interface TornData {
  inode: number;
  style: TearStyle;
  effects: readonly number[];
}

/**
 * How unsynced data of one file arrives in pieces: the new length with nothing in it (as with delayed allocation), only
 * its even or odd pages, or all but its last sector.
 */
export type TearStyle = 'zeros' | 'even pages' | 'odd pages' | 'short of a sector';

export const TEAR_STYLES: readonly TearStyle[] = ['zeros', 'even pages', 'odd pages', 'short of a sector'];

/** What a file system promises about order. */
export type OrderModel =
  /** As ext4: names and modes reach the disk in the order in which they were changed; a flush takes all
   * earlier ones along. */
  | 'journal'
  /** As little as POSIX: each unflushed change of a folder or a file arrives or not, whatever became of the others. */
  | 'weak';

/** Flushes that are pretended not to have happened: positions in the log. */
export type Ignored = ReadonlySet<number>;

/**
 * An instant of the log with what is certain there: a power cut at position `at` finds all of `safe` on the disk, and
 * any of `loose`.
 */
interface Instant {
  at: number;
  safe: Set<number>;
  loose: number[];
  answered: boolean;
}

/**
 * The states that a power cut may leave at any instant of a log.
 *
 * The method is that of ALICE (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014): an abstract
 * persistence model says which orders a file system must keep, and states are built by leaving out or cutting what it
 * need not. As in CrashMonkey and B3 (Mohan et al., "Finding Crash-Consistency Bugs with Bounded Black-Box Crash
 * Testing", OSDI 2018) it is enough to look where a flush ends freedom: what may be missing there could be missing
 * before. Of each such instant: every prefix, every single loss, every single survivor, every pair of both (all subsets
 * where there are few), and each way in which the data of one file can be torn, with all else kept and all else lost.
 */
export function* crashStates(log: DiskLog, model: OrderModel, ignored: Ignored = new Set()): Generator<CrashState> {
  const seen = new Set<string>();
  for (const instant of instants(log, model, ignored)) {
    for (const state of statesAt(log, instant, model)) {
      const torn = state.torn ? `${state.torn.inode} ${state.torn.style}` : '';
      const key = `${state.answered} ${torn} ${[...state.kept].sort((a, b) => a - b)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield state;
    }
  }
}

/** Where a flush is about to end, where an answer is about to be given, and the end. */
export function* instants({ records }: DiskLog, model: OrderModel, ignored: Ignored = new Set()): Generator<Instant> {
  const safe = new Set<number>();
  let answered = false;
  const at = (position: number): Instant => {
    const loose: number[] = [];
    for (let index = 0; index < position; index += 1) {
      if (records[index]?.kind === 'effect' && !safe.has(index)) loose.push(index);
    }
    return { at: position, safe: new Set(safe), loose, answered };
  };
  for (const [position, record] of records.entries()) {
    if (record.kind === 'effect' || ignored.has(position)) continue;
    yield at(position);
    if (record.kind === 'answer') answered = true;
    else for (const flushed of flushedBy(records, position, model)) safe.add(flushed);
  }
  yield at(records.length);
}

type Flush = Extract<LogRecord, { kind: 'flush' }>;

/** The effects that a flush puts on the disk: those that had ended before it began. */
function flushedBy(records: readonly LogRecord[], position: number, model: OrderModel): number[] {
  const flush = records[position] as Flush;
  const before = records.flatMap((record, index) =>
    index < position && record.kind === 'effect' && record.call.ended <= flush.call.began ? [index] : [],
  );
  if (flush.inode === undefined) return before;
  const own = before.filter((index) => belongsTo(records[index], flush));
  if (model === 'weak') return own;
  // One journal for all: what the flush needs of it takes along everything that was put there earlier.
  const last = before.findLast((index) => isJournaled(records[index]) && names(records[index], flush.inode)) ?? -1;
  return [...new Set([...own, ...before.filter((index) => index <= last && isJournaled(records[index]))])];
}

function belongsTo(record: LogRecord | undefined, flush: Flush): boolean {
  if (record?.kind !== 'effect') return false;
  const { effect } = record;
  if (effect.kind === 'entries') return effect.changes.some(({ folder }) => folder === flush.inode);
  if (effect.kind === 'mode' && !flush.withMode) return false;
  return effect.inode === flush.inode;
}

/** Names and modes; a length travels with its bytes. */
function isJournaled(record: LogRecord | undefined): boolean {
  return record?.kind === 'effect' && record.effect.kind !== 'data' && record.effect.kind !== 'size';
}

function names(record: LogRecord | undefined, inode: number | undefined): boolean {
  if (record?.kind !== 'effect') return false;
  const { effect } = record;
  if (effect.kind !== 'entries') return effect.inode === inode;
  return effect.changes.some(({ folder, to }) => folder === inode || to === inode);
}

/** Loose effects that arrive together: one change of names or of a mode, or the data of one file. */
interface Unit {
  effects: number[];
  /** Set for data. */
  inode?: number;
}

function unitsOf({ records }: DiskLog, loose: readonly number[]): Unit[] {
  const units: Unit[] = [];
  const data = new Map<number, Unit>();
  for (const index of loose) {
    const record = records[index];
    if (record?.kind !== 'effect') continue;
    const { effect } = record;
    if (effect.kind === 'entries' || effect.kind === 'mode') units.push({ effects: [index] });
    else {
      const known = data.get(effect.inode);
      if (known) known.effects.push(index);
      else {
        const unit: Unit = { effects: [index], inode: effect.inode };
        data.set(effect.inode, unit);
        units.push(unit);
      }
    }
  }
  return units;
}

/** Up to this many units all subsets are tried. */
const FEW = 5;

function* statesAt(log: DiskLog, instant: Instant, model: OrderModel): Generator<CrashState> {
  const { safe, loose, answered, at } = instant;
  const state = (kept: Iterable<number>, what: string, torn?: CrashState['torn']): CrashState => {
    const all = new Set([...safe, ...kept]);
    return { kept: all, answered, what: `power cut before record ${at}: ${what}`, ...(torn ? { torn } : {}) };
  };
  // A cut between two calls, whatever was flushed.
  for (let count = 0; count <= loose.length; count += 1) {
    yield state(loose.slice(0, count), `${count} of ${loose.length} unflushed effects arrived`);
  }
  const units = unitsOf(log, loose);
  const data = units.filter(({ inode }) => inode !== undefined);
  if (model === 'journal') yield* journalStates(log, loose, data, state);
  else yield* weakStates(log, units, state);
  for (const { inode = 0, effects } of data) {
    for (const style of TEAR_STYLES) {
      const torn = { inode, style, effects };
      yield state(loose, `the data of inode ${inode} is torn (${style})`, torn);
      yield state(effects, `only the data of inode ${inode} arrived, torn (${style})`, torn);
    }
  }
}

type MakeState = (kept: Iterable<number>, what: string, torn?: CrashState['torn']) => CrashState;

/** Names and modes up to some point, with the data of each file there or not. */
function* journalStates(log: DiskLog, loose: readonly number[], data: Unit[], state: MakeState): Generator<CrashState> {
  const journaled = loose.filter((index) => isJournaled(log.records[index]));
  for (let count = 0; count <= journaled.length; count += 1) {
    const names = journaled.slice(0, count);
    yield state(names, `${count} of ${journaled.length} changes of names arrived, and no data`);
    for (const unit of data)
      yield state([...names, ...unit.effects], `${count} changes of names, data of inode ${unit.inode}`);
  }
  for (const unit of data) {
    const lost = new Set(unit.effects);
    yield state(
      loose.filter((index) => !lost.has(index)),
      `all but the data of inode ${unit.inode}`,
    );
  }
}

/** Each change of names arrives or not; what builds on one that is lost is lost with it. */
function* weakStates(log: DiskLog, units: Unit[], state: MakeState): Generator<CrashState> {
  const builds = dependencies(log, units);
  const subset = (chosen: ReadonlySet<number>) =>
    units.flatMap(({ effects }, index) => (chosen.has(index) ? effects : []));
  const everything = units.map((_, index) => index);
  const without = (...lost: number[]) => {
    const gone = new Set(lost);
    for (const index of everything)
      if ([...(builds[index] ?? [])].some((earlier) => gone.has(earlier))) gone.add(index);
    return subset(new Set(everything.filter((index) => !gone.has(index))));
  };
  const only = (...kept: number[]) => {
    const all = new Set(kept);
    for (const index of everything.toReversed())
      if (all.has(index)) for (const earlier of builds[index] ?? []) all.add(earlier);
    return subset(all);
  };
  if (units.length <= FEW) {
    for (let bits = 0; bits < 2 ** units.length; bits += 1) {
      yield state(only(...everything.filter((index) => bits & (1 << index))), `subset ${bits.toString(2)}`);
    }
    return;
  }
  for (const first of everything) {
    yield state(without(first), `unit ${first} is lost`);
    yield state(only(first), `only unit ${first} arrived`);
    for (const second of everything.slice(first + 1)) {
      yield state(without(first, second), `units ${first} and ${second} are lost`);
      yield state(only(first, second), `only units ${first} and ${second} arrived`);
    }
  }
}

/** For each unit the earlier ones that changed one of its names: it was made on top of them. */
function dependencies({ records }: DiskLog, units: Unit[]): Set<number>[] {
  const touched = units.map(({ effects }) => {
    const record = records[effects[0] ?? -1];
    if (record?.kind !== 'effect' || record.effect.kind !== 'entries') return new Set<string>();
    return new Set(record.effect.changes.map(({ folder, name }) => `${folder}/${name}`));
  });
  return touched.map((names, index) => {
    const earlier = touched
      .slice(0, index)
      .map((others, at) => ([...names].some((name) => others.has(name)) ? at : -1));
    return new Set(earlier.filter((at) => at >= 0));
  });
}
