import type { JournalEntry } from '../factory/index.ts';
import type { Clock } from '../kernel/index.ts';
import {
  auditAppended,
  journalAppended,
  runFinished,
  runStarted,
  type SqlStatement,
  type Store,
} from '../store/index.ts';
import { redacted } from './redacted.ts';
import type { RunReport } from './run-report.ts';

/** What a run writes into the store. */
export interface RunJournal {
  started(run: { run: string; task: string; startedAt: number }): Promise<void>;
  /** Keeps one entry of the workflow's journal. */
  record(entry: JournalEntry): Promise<void>;
  /** What has to be committed together with the run's files, so that they can never disagree. */
  finishing(report: RunReport): SqlStatement[];
  /** Records the end of a run that leaves no files. */
  finished(report: RunReport): Promise<void>;
}

/** The {@link RunJournal} of one run over the workspace's store. */
export function runJournal(store: Store, run: string, clock: Clock): RunJournal {
  let seq = 0;
  const finishing = (report: RunReport): SqlStatement[] => [
    runFinished({ run, finishedAt: clock.now(), outcome: report.outcome, report: JSON.stringify(redacted(report)) }),
    auditAppended({ time: clock.now(), kind: 'run.finished', run, data: { outcome: report.outcome } }),
  ];
  return {
    started: async (given) => {
      const record = { ...given, task: redacted(given.task) };
      const audit = auditAppended({ time: record.startedAt, kind: 'run.started', run, data: { task: record.task } });
      await store.commit([runStarted(record), audit]);
    },
    record: async (entry) => {
      seq += 1;
      await store.commit([journalAppended(run, { seq, time: clock.now(), entry: redacted(entry) })]);
    },
    finishing,
    finished: async (report) => {
      await store.commit(finishing(report));
    },
  };
}
