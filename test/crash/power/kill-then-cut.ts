import type { Lane, Prepared } from '../lane.ts';
import { parseTrace } from '../trace.ts';
import type { OrderModel } from './crash-states.ts';
import { type DiskLog, type LogRecord, readLog } from './log.ts';
import { diskOf, materialise } from './materialise.ts';
import { differentStates, judgeState, recordLog } from './power-loss.ts';

/** Later than any line of a recording. */
const LATER = 1_000_000_000;

/**
 * A process is killed, the next one does the same work to its end, and then the power is cut: what the first one had
 * not flushed may still be missing, and the second one finds it there and must not rely on it. The first process is
 * killed after each of `at` (positions in its log). Returns what went wrong, and how many states were judged.
 */
export async function killThenCut(
  lane: Lane,
  prepared: Prepared,
  { at, model, atMost }: { at: (log: DiskLog) => number[]; model: OrderModel; atMost: number },
): Promise<{ judged: number; violations: string[] }> {
  const first = await recordLog(lane, prepared);
  const violations: string[] = [];
  let judged = 0;
  for (const position of at(first)) {
    const log = await carriedOn(lane, prepared, first, position);
    const { different } = differentStates(log, model);
    const stride = Math.max(1, Math.ceil(different.length / atMost));
    for (const state of different.filter((_, index) => index % stride === 0)) {
      judged += 1;
      const { wrong } = await judgeState(lane, prepared, log, state, false);
      if (wrong.length > 0) violations.push(`killed after record ${position}, then ${state.what}: ${wrong.join('; ')}`);
    }
  }
  return { judged, violations };
}

/** The log of a process that was killed after `position`, followed by that of the next one. */
async function carriedOn(lane: Lane, prepared: Prepared, first: DiskLog, position: number): Promise<DiskLog> {
  const done = first.records.slice(0, position + 1);
  const left = diskOf(first, { kept: new Set(done.keys()), answered: false, what: 'killed' });
  materialise(left, lane.place.folder);
  const { output, trace } = await lane.record(prepared.ending, 'next');
  if (!output.includes('closed')) throw new Error(`expected the next process to work, it said: ${output}`);
  const known = left.inodes.length;
  const second = readLog(parseTrace(trace), lane.place.folder, left);
  const start = first.start.clone();
  start.inodes.push(...second.start.inodes.slice(known));
  const later = second.records.map(
    (record): LogRecord => ({
      ...record,
      call: { ...record.call, began: record.call.began + LATER, ended: record.call.ended + LATER },
    }),
  );
  // Nothing is asked of an answer that came before the kill: the first process gave none.
  return { start, records: [...done, ...later] };
}
