/**
 * The life of one run: from a chosen manifest to a report.
 *
 * {@link runTask} walks the manifest's flow step by step. Edits go through a {@link ChangeSet} into the run's file
 * transaction, so that they can be applied in part; {@link ProjectChecks} judges them before and after; `judgeRun`
 * decides the outcome in one place; files and report are kept in one commit or not at all.
 *
 * The room promises that a report never claims more than happened: `landed` means committed, `verified` means that one
 * of the repository's own checks passed after the change and showed nothing new, everything else says what it is.
 *
 * It knows neither the command line nor where state lives; the composition root hands it an open workspace.
 */
export { type Analysis, analysis } from './analysis.ts';
export { type CarryOut, carryOut, landingOf, type RunEnvironment } from './carry-out.ts';
export { ChangeSet, type FileAccess, type Unit } from './change-set.ts';
export { type EditedFile, type EditReport, editFiles, editRefused, editTitle } from './edit-files.ts';
export { healthProbes } from './health-probes.ts';
export {
  type HistoryOutcome,
  type HistoryRequest,
  listOperations,
  type PreviewOutcome,
  previewHistory,
  replayHistory,
} from './history.ts';
export { type CheckedOutcome, type ProjectChecks, projectChecks } from './project-checks.ts';
export { boundHistory, type HistoryPruning, type PruningOutcome, pruneHistory } from './prune-history.ts';
export { redacted } from './redacted.ts';
export { runReport } from './report-builder.ts';
export type { RunFiles } from './run-files.ts';
export { type RunJournal, runJournal } from './run-journal.ts';
export { type RunSummary, runSummaries, shownReport } from './run-listing.ts';
export type {
  ChangedFile,
  CheckReport,
  FileConflict,
  Findings,
  LandingReport,
  RejectedChange,
  RunOutcome,
  RunReport,
} from './run-report.ts';
export { EXIT_CODES } from './run-report.ts';
export type { RunRequest } from './run-request.ts';
export { type RunParts, runTask, TIME_IS_UP } from './run-task.ts';
export { told, transactionFiles } from './transaction-files.ts';
export { type Stamps, type TreeWatch, treeWatch } from './tree-watch.ts';
export { type SandboxTrial, trySandbox } from './try-sandbox.ts';
export {
  type HeldWorkspace,
  type Holding,
  type HoldOptions,
  holdWorkspace,
  readWorkspace,
  type WorkspaceFolder,
  workspaceFolder,
} from './workspace-folder.ts';
