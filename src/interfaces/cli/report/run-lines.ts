import type { OperationEntry, RunSummary } from '../../../swarm.ts';
import { formatDuration } from '../duration.ts';
import { pad } from '../view/cell-width.ts';
import { printable } from '../view/printable.ts';
import { count, type ReportStyle } from './section.ts';

/** The history of a repository, one line per run. */
export function runLines(runs: readonly RunSummary[], root: string, { paint }: ReportStyle): string[] {
  if (runs.length === 0) return [`No run has been recorded for ${printable(root)} yet.`];
  return runs.map(({ run, task, outcome, startedAt, durationMs, changedFiles, undone, files, pruned }) => {
    const when = minute(startedAt);
    const facts = [
      undone ? 'undone' : (outcome ?? 'not ended'),
      files === 'partly-undone' ? 'partly undone' : '',
      pruned ? 'pruned' : '',
      changedFiles === 0 ? '' : count(changedFiles, 'file'),
      durationMs === undefined ? '' : formatDuration(durationMs),
    ].filter((fact) => fact !== '');
    return `${paint.cyan(printable(run))}  ${when}  ${pad(facts.join(', '), 28)}  ${printable(task)}`;
  });
}

const WORDS = { change: 'changed', undo: 'undo', redo: 'redo' } as const;
const STATES = { landed: 'landed', 'partly-undone': 'partly undone', undone: 'undone' } as const;

/** Everything that happened to the files of a repository, one line each: what a run changed, undos, redos. */
export function operationLines(operations: readonly OperationEntry[], root: string, { paint }: ReportStyle): string[] {
  if (operations.length === 0) return [`No run has changed files of ${printable(root)} yet.`];
  return operations.map(({ operation, run, kind, title, at, runState, takesBack, prunedAt }) => {
    const facts = [
      WORDS[kind],
      `now ${STATES[runState]}`,
      takesBack === undefined ? '' : `takes back ${takesBack}`,
      prunedAt === undefined ? '' : 'pruned',
    ].filter((fact) => fact !== '');
    const id = paint.cyan(printable(operation));
    return `${id}  ${minute(at)}  ${printable(run)}  ${facts.join(', ')}  ${printable(title)}`;
  });
}

const minute = (time: number) => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')}Z`;
