/**
 * The one edit applier behind all agents: edits as models and people write them, applied to bytes.
 *
 * **The promise.** An edit is applied where it means exactly one thing, and refused everywhere else. An exact match
 * comes first; after it only differences that provably keep the meaning: line endings, a byte order mark, blanks at the
 * end of lines, Unicode form, and a uniform change of indentation. Each of them counts only when one place in the whole
 * file fits. Only the lines that the edit itself changes are written; every other byte stays. Replacement text is
 * literal. All edits of one file are made for the file as it is now, and all of them are applied or none.
 *
 * **What is never done.** No near-miss, no guess among several places, no moving of blanks inside a string that spans
 * lines. A refusal is data: its reason, the lines, the nearest place and what differs there, and a message that says
 * what to send instead.
 *
 * **How to use it.** {@link readEdits} turns JSON (`schemas/edit.v1.json`), search/replace blocks or a unified diff into
 * edits by file; {@link applyEdits} applies those of one file. Both are pure: the caller reads and writes.
 */

export { type ApplyOptions, applyEdits, type EditedFile, type FileOutcome } from './apply-edits.ts';
export type {
  BlockEdit,
  Edit,
  FileEdit,
  LinesEdit,
  PatchEdit,
  RemoveEdit,
  ReplaceEdit,
  SearchReplaceEdit,
  WriteEdit,
} from './edit.ts';
export type { Transformation } from './match.ts';
export { lineHash } from './match-anchors.ts';
export type { NearestPlace } from './nearest-place.ts';
export { type EditsReading, type FileEdits, readEdits } from './read-edits.ts';
export type { Refusal, RefusalReason } from './refusal.ts';
export type { LineRange } from './splice.ts';
