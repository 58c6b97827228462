import { howToDiscard, howToUse, type Landing, type LandingOutcome, nameOfLanded } from '../landing/index.ts';
import { landingWords } from './landing-words.ts';
import type { ReportParts } from './report-builder.ts';
import type { RunFiles } from './run-files.ts';
import type { RunJournal } from './run-journal.ts';
import type { FileConflict, LandingReport, RunReport } from './run-report.ts';

/** What landing outside of the tree works with. */
export interface ElsewhereParts {
  landing: Landing;
  files: RunFiles;
  journal: RunJournal;
  emit(kind: string, data: unknown): void;
}

type End = Pick<ReportParts, 'outcome' | 'message'> &
  Partial<Pick<ReportParts, 'changes' | 'rejected' | 'unverified' | 'conflicts' | 'merged' | 'landing'>>;

/**
 * Makes the patch, commit or branch from what the run changed, then takes the tree back and records the report with
 * that in one commit. A kill before that commit leaves what landed, which is whole, and a tree that recovery takes
 * back. Only then a branch is published: what leaves this machine comes after everything on it is settled.
 */
export async function landElsewhere(
  { landing, files, journal, emit }: ElsewhereParts,
  end: End,
  report: (end: End) => RunReport,
): Promise<RunReport> {
  const words = landingWords(report(end));
  emit('landing.started', {});
  const outcome = await landing.land({ changes: files.changes(), read: (hash) => files.content(hash), ...words });
  if (outcome.kind !== 'landed') return takenBack(outcome, { files, journal }, end, report);
  const { root } = report(end);
  const landed: End = { ...end, message: `${end.message} ${sentence(outcome.as)}`, landing: told(outcome, root) };
  const settledWith = (merged: End['merged']) => {
    const known = merged === undefined ? landed : { ...landed, merged };
    return landing.publish ? report({ ...known, ...unpublished(outcome.as) }) : report(known);
  };
  const { conflicts: left, merged } = await files.rollback((found) => journal.finishing(settledWith(found)));
  const settled = settledWith(merged);
  emit('landing.finished', { as: outcome.as });
  if (left.length > 0) return record(report(collided({ ...landed, merged }, left)), journal);
  if (!landing.publish || outcome.as.kind !== 'branch') return settled;
  const published = await landing.publish(outcome.as, words);
  if (published.kind === 'published') {
    const { as } = published;
    emit('landing.published', { as });
    const message = `${end.message} ${sentence(as)}`;
    return record(report({ ...landed, merged, message, landing: told({ ...outcome, as }, root) }), journal);
  }
  const { reason, finish } = published;
  const byHand = finish.length === 0 ? [] : ['Finish by hand:', ...finish.map((command) => `  ${command}`)];
  const kept = `${reason}. The branch ${outcome.as.branch} stays.`;
  return record(report({ ...landed, merged, outcome: 'failed', message: [kept, ...byHand].join('\n') }), journal);
}

async function record(report: RunReport, journal: RunJournal): Promise<RunReport> {
  await journal.finished(report);
  return report;
}

async function takenBack(
  outcome: Exclude<LandingOutcome, { kind: 'landed' }>,
  { files, journal }: Pick<ElsewhereParts, 'files' | 'journal'>,
  { rejected, conflicts: seen = [] }: End,
  report: (end: End) => RunReport,
): Promise<RunReport> {
  const { conflicts: left, merged } = await files.rollback();
  const conflicts = [...seen, ...(outcome.kind === 'conflict' ? outcome.conflicts : []), ...left];
  const message =
    outcome.kind === 'conflict'
      ? 'A commit would mix in edits that you have not committed; everything was rolled back.'
      : `${outcome.reason}; everything was rolled back.`;
  const kind = conflicts.length > 0 ? 'conflict' : 'failed';
  return record(report({ outcome: kind, message, ...(rejected ? { rejected } : {}), conflicts, merged }), journal);
}

function unpublished(as: LandingReport['as']): Pick<End, 'outcome' | 'message'> {
  const message = `The run ended before its pull request was opened; ${nameOfLanded(as)} stays.`;
  return { outcome: 'failed', message };
}

function collided(landed: End, left: readonly FileConflict[]): End {
  const message = `${landed.message} Somebody else changed files of this run meanwhile; those were left as they are.`;
  return { ...landed, outcome: 'conflict', message, conflicts: [...(landed.conflicts ?? []), ...left] };
}

const sentence = (as: LandingReport['as']) => `Landed as ${nameOfLanded(as)}; the tree is as it was.`;

function told({ kind: _, ...landed }: LandingOutcome & { kind: 'landed' }, root: string): LandingReport {
  const { as } = landed;
  return { ...landed, use: howToUse(as, root), discard: howToDiscard(as, root) };
}
