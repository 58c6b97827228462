import { PyAgentError } from '../kernel/index.ts';
import { type RunFileState, readHistory } from '../state/index.ts';
import { listRuns, readRun, type Store } from '../store/index.ts';
import type { RunReport } from './run-report.ts';

/** A run in the history. */
export interface RunSummary {
  run: string;
  task: string;
  /** Absent: it goes on, or its process was killed. */
  outcome?: string;
  /** Milliseconds since the Unix epoch. */
  startedAt: number;
  durationMs?: number;
  changedFiles: number;
  /** Its changes were taken back since. */
  undone: boolean;
  /** How much of what it changed is in the tree; absent: it never landed, or goes on. */
  files?: RunFileState;
  /** What undo needs is gone. */
  pruned: boolean;
}

/** The newest runs first. */
export async function runSummaries(store: Store): Promise<RunSummary[]> {
  const history = new Map((await readHistory(store)).map((entry) => [entry.run, entry]));
  return (await listRuns(store)).map(({ finishedAt, ...listed }) => {
    const { state, prunedAt } = history.get(listed.run) ?? {};
    return {
      changedFiles: 0,
      ...listed,
      ...(finishedAt === undefined ? {} : { durationMs: finishedAt - listed.startedAt }),
      undone: state === 'undone',
      ...(state === undefined || state === 'open' || state === 'rolled-back' ? {} : { files: state }),
      pruned: prunedAt !== undefined,
    };
  });
}

/** The report of a run (default: the newest) with what has become of its files since. Fails with `store/corrupt`. */
export async function shownReport(store: Store, run?: string): Promise<RunReport | undefined> {
  const record = await readRun(store, run);
  if (record?.report === undefined) return undefined;
  const report = readReport(record.run, record.report);
  const entry = (await readHistory(store)).find((each) => each.run === record.run);
  if (entry === undefined || entry.state === 'open' || entry.state === 'rolled-back') return report;
  const pruned = entry.prunedAt !== undefined;
  return { ...report, undoable: report.undoable && !pruned, inTree: entry.state, ...(pruned ? { pruned } : {}) };
}

function readReport(run: string, text: string): RunReport {
  try {
    return JSON.parse(text) as RunReport;
  } catch (cause) {
    const message = `Expected the report of ${run} as it was written, found other bytes: the store is damaged. pyagent audit says more.`;
    throw new PyAgentError({ code: 'store/corrupt', message, details: { run }, cause });
  }
}
