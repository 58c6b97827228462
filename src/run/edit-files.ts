import { applyEdits, type FileEdits, type FileOutcome } from '../edits/index.ts';
import type { Clock } from '../kernel/index.ts';
import { native } from '../native/index.ts';
import type { Operation, Transaction } from '../state/index.ts';
import { runReport } from './report-builder.ts';
import type { RunJournal } from './run-journal.ts';
import type { ChangedFile, FileConflict, RunOutcome, RunReport } from './run-report.ts';
import { told } from './transaction-files.ts';

/** What became of the edits of one file; the bytes themselves are in the tree. */
export type EditedFile = Omit<FileOutcome & { kind: 'applied' }, 'bytes'> | (FileOutcome & { kind: 'refused' });

/** The end of edits that were sent in one call. */
export interface EditReport extends RunReport {
  /** Per file, in the order of the edits. */
  files: readonly EditedFile[];
}

/** What {@link editFiles} needs. */
export interface EditParts {
  run: string;
  root: string;
  files: readonly FileEdits[];
  dryRun: boolean;
  /** Open, and ended when this is done. */
  transaction: Transaction;
  journal: RunJournal;
  clock: Clock;
}

/** Carries out edits in one transaction: all files change, or none does. */
export async function editFiles(parts: EditParts): Promise<EditReport> {
  const { files, transaction, journal, clock, run } = parts;
  const startedAt = clock.now();
  const operations: Operation[] = [];
  const outcomes: FileOutcome[] = [];
  for (const { path, edits } of files) {
    const bytes = await transaction.read(path);
    const outcome = applyEdits({ path, ...(bytes === undefined ? {} : { bytes }) }, edits);
    outcomes.push(outcome);
    if (outcome.kind === 'applied') operations.push(operation(outcome, bytes));
  }
  const changes = outcomes.flatMap((outcome) => (outcome.kind === 'applied' ? [changedFile(outcome)] : []));
  const report = (outcome: RunOutcome, message: string, more: Partial<RunReport> = {}): EditReport => ({
    ...editReport(parts, { outcome, message, startedAt, durationMs: clock.now() - startedAt }),
    ...more,
    files: outcomes.map(withoutBytes),
  });
  const failed = outcomes.filter(({ kind }) => kind === 'refused').length;
  if (failed > 0 || parts.dryRun) {
    await transaction.rollback();
    if (failed > 0) return report('failed', refusedMessage(failed, files.length));
    return report('dry-run', `${changes.length} files would change; nothing was changed.`, { changes });
  }
  await journal.started({ run, task: editTitle(files), startedAt });
  const landed = report('unverified', 'Done, but unverified.', { changes, undoable: true, unverified: NOT_CHECKED });
  const conflicts = await land(parts, operations, landed).catch(async (error: unknown) => {
    await transaction.rollback();
    throw error;
  });
  if (conflicts.length === 0) return landed;
  const conflict = report('conflict', 'Somebody else changed a file meanwhile; everything was rolled back.', {
    conflicts,
  });
  await transaction.rollback(journal.finishing(conflict));
  return conflict;
}

const NOT_CHECKED = 'edits are not checked';

/** The report of edits that were refused before a file was looked at. */
export function editRefused(
  parts: Omit<EditParts, 'transaction' | 'journal'>,
  outcome: RunOutcome,
  message: string,
): EditReport {
  return { ...editReport(parts, { outcome, message, startedAt: parts.clock.now(), durationMs: 0 }), files: [] };
}

/** How the history names the edits. */
export function editTitle(files: readonly FileEdits[]): string {
  const [first] = files;
  return files.length === 1 && first !== undefined ? `edit ${first.path}` : `edit ${files.length} files`;
}

async function land(
  { transaction, journal }: EditParts,
  operations: readonly Operation[],
  report: EditReport,
): Promise<FileConflict[]> {
  const written = await transaction.writeAll(operations);
  if (written.kind === 'conflict') return written.conflicts.map(told);
  const committed = await transaction.commit(journal.finishing(report));
  return committed.kind === 'conflict' ? committed.conflicts.map(told) : [];
}

/** The edit was made for the bytes that were read: anything else there by now is a conflict. */
function operation({ path, bytes }: FileOutcome & { kind: 'applied' }, before: Uint8Array | undefined): Operation {
  const expect = before === undefined ? {} : { expect: native().hashBytes(before) };
  return bytes === undefined ? { kind: 'remove', path, ...expect } : { kind: 'write', path, bytes, ...expect };
}

function changedFile({ path, bytes, changed, transformations }: FileOutcome & { kind: 'applied' }): ChangedFile {
  if (bytes === undefined) return { path, titles: ['remove'] };
  const ranges = changed.map(({ first, last }) => (last > first ? `${first}-${last}` : `${first}`));
  const adapted = [...new Set(transformations.flat())].map((each) => each.replace('-', ' '));
  const where = `${ranges.length === 1 && !ranges[0]?.includes('-') ? 'line' : 'lines'} ${ranges.slice(0, 8).join(', ')}${ranges.length > 8 ? ', …' : ''}`;
  return { path, titles: [`edit ${where}${adapted.length === 0 ? '' : ` (kept: ${adapted.join(', ')})`}`] };
}

function withoutBytes(outcome: FileOutcome): EditedFile {
  if (outcome.kind === 'refused') return outcome;
  const { bytes: _, ...rest } = outcome;
  return rest;
}

function refusedMessage(failed: number, files: number): string {
  const which = files === 1 ? 'The edit was refused' : `The edits of ${failed} of ${files} files were refused`;
  return `${which}; nothing was changed.`;
}

type Ended = Pick<RunReport, 'outcome' | 'message' | 'startedAt' | 'durationMs'>;

function editReport(
  { run, root, files, dryRun }: Pick<EditParts, 'run' | 'root' | 'files' | 'dryRun'>,
  ended: Ended,
): RunReport {
  const request = {
    task: editTitle(files),
    root,
    priority: 'NORMAL' as const,
    dryRun,
    verify: 'none',
    only: [],
    applyDeps: false,
    unsafe: false,
    strict: false,
    yes: true,
    isolation: 'namespaces' as const,
  };
  return runReport({ run, request, ...ended });
}
