/** The report of `crates/code`, as it crosses the border. The doc comments with the meaning stand in `report.rs`. */

export type Check = 'imports' | 'dependencies' | 'cycles' | 'dead-code';
export type Language = 'javascript' | 'python';

/** A place in a file. Lines and columns start at 1. */
export interface Location {
  path: string;
  line: number;
  column: number;
}

export interface ImportFinding extends Location {
  language: Language;
  specifier: string;
  name: string;
  kind: 'unused' | 'duplicate' | 'type-only';
  action: 'remove' | 'keep-effect' | 'merge' | 'mark-type' | 'leave';
  reason: string;
}

export interface DependencyFinding extends Location {
  language: Language;
  name: string;
  kind: 'unused' | 'only-unused-imports' | 'unlisted' | 'misplaced' | 'duplicate' | 'unknown';
  section?: string;
  to?: string;
  action: 'remove' | 'move' | 'report';
  reason: string;
  uses: Location[];
}

export type EdgeKind = 'value' | 'type' | 'deferred';

export interface CycleEdge {
  from: string;
  to: string;
  kind: EdgeKind;
  line: number;
  specifier: string;
}

/** A strongly connected component of the module graph. */
export interface Component {
  language: Language;
  kind: EdgeKind;
  members: string[];
  witness: CycleEdge[];
  cut: CycleEdge[];
  cutIsMinimum: boolean;
}

export interface DeadFile {
  language: Language;
  path: string;
}

export interface DeadExport extends Location {
  language: Language;
  name: string;
}

/** A file that was left alone, and why. */
export interface SkippedFile {
  path: string;
  reason: string;
  detail: string;
}

/** Replace the bytes `start..end` of the original by `text`. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** Edits that belong together; any subset of a file's groups may be applied. */
export interface ChangeGroup {
  title: string;
  edits: TextEdit[];
}

/** All proposed edits to one file; the offsets refer to the bytes with this BLAKE3 hash. */
export interface Change {
  path: string;
  hash: string;
  groups: ChangeGroup[];
}

/** A file before and after a tool sorted its imports; `before` is what the tree holds. */
export interface SortedFile {
  path: string;
  before: string;
  after: string;
}

/** Whether only the order of imports differs, in a way that no program can notice. */
export type OrderVerdict = { kind: 'kept' } | { kind: 'refused'; reason: string };

export interface Totals {
  javascriptFiles: number;
  pythonFiles: number;
  lines: number;
  cachedFiles: number;
  edges: number;
}

/** Everything an analysis found. Equal trees give equal reports. */
export interface Report {
  totals: Totals;
  imports: ImportFinding[];
  importChanges: Change[];
  dependencies: DependencyFinding[];
  dependencyChanges: Change[];
  cycles: Component[];
  deadFiles: DeadFile[];
  deadExports: DeadExport[];
  skipped: SkippedFile[];
  notes: { message: string }[];
}
