/**
 * Code intelligence: imports, module graph, cycles, dependencies and dead code of JavaScript, TypeScript and Python.
 *
 * The room is the typed door to `crates/code`. It reads a repository and reports findings, and edits as byte ranges;
 * it never writes a file of the repository. A file that does not parse is named in `skipped` and left alone.
 *
 * `codeIndex().analyze({ root, checks: ['imports'] })` gives a `Report`; `applyGroups` turns a file's bytes and the
 * chosen groups of a `Change` into the new bytes. `stampTree` tells which files were written between two moments.
 */
export { applyGroups } from './apply-groups.ts';
export { type AnalyzeRequest, type CodeIndex, codeIndex, type OrderRequest } from './code-index.ts';
export type {
  Change,
  ChangeGroup,
  Check,
  Component,
  CycleEdge,
  DeadExport,
  DeadFile,
  DependencyFinding,
  EdgeKind,
  ImportFinding,
  Language,
  Location,
  OrderVerdict,
  Report,
  SkippedFile,
  SortedFile,
  TextEdit,
  Totals,
} from './report.ts';
export { stampTree } from './stamp-tree.ts';
