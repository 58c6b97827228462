import type { RunSummary } from '../../../swarm.ts';
import { formatDuration } from '../duration.ts';
import { pad } from '../view/cell-width.ts';
import { printable } from '../view/printable.ts';
import { count, type ReportStyle } from './section.ts';

/** The history of a repository, one line per run. */
export function runLines(runs: readonly RunSummary[], root: string, { paint }: ReportStyle): string[] {
  if (runs.length === 0) return [`No run has been recorded for ${printable(root)} yet.`];
  return runs.map(({ run, task, outcome, startedAt, durationMs, changedFiles, undone }) => {
    const when = new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ');
    const facts = [
      undone ? 'undone' : (outcome ?? 'not ended'),
      changedFiles === 0 ? '' : count(changedFiles, 'file'),
      durationMs === undefined ? '' : formatDuration(durationMs),
    ].filter((fact) => fact !== '');
    return `${paint.cyan(printable(run))}  ${when}Z  ${pad(facts.join(', '), 28)}  ${printable(task)}`;
  });
}
