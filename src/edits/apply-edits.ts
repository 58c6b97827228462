import { native } from '../native/index.ts';
import type { FileEdit, RemoveEdit, WriteEdit } from './edit.ts';
import { encode, type FileText, isBinary, readFileText } from './file-text.ts';
import { withFinalBreak } from './final-break.ts';
import type { Match, Transformation } from './match.ts';
import { matchAnchors } from './match-anchors.ts';
import { matchLines } from './match-lines.ts';
import { matchText } from './match-text.ts';
import { overlapping } from './overlap.ts';
import { type Refusal, refuse } from './refusal.ts';
import { changedRanges, type LineRange, type Splice, trimmed, writeSplices } from './splice.ts';

/** A file as it is now; `bytes` is absent when there is none. */
export interface EditedFile {
  path: string;
  bytes?: Uint8Array;
}

/** What became of the edits of one file: all of them were applied, or none. */
export type FileOutcome =
  | {
      kind: 'applied';
      path: string;
      /** The whole file; absent when it is to be removed. */
      bytes?: Uint8Array;
      /** Per edit, in the order given; empty for an exact match. */
      transformations: readonly (readonly Transformation[])[];
      /** Lines of the result that were written. */
      changed: readonly LineRange[];
    }
  | {
      kind: 'refused';
      path: string;
      /** Every edit that was refused; `edit` is its index in the list given, from 0. */
      refusals: readonly (Refusal & { edit: number })[];
    };

/** What may be asked of {@link applyEdits}. */
export interface ApplyOptions {
  /** A last word on the result, such as whether it still parses: `undefined`, or why not. Default: no guard. */
  guard?: (file: { path: string; before: Uint8Array; after: Uint8Array }) => string | undefined;
}

/** Applies `edits`, all made for the file as it is now. Pure: nothing is read or written. */
export function applyEdits(file: EditedFile, edits: readonly FileEdit[], options: ApplyOptions = {}): FileOutcome {
  const { path } = file;
  const refused = (refusals: (Refusal & { edit: number })[]): FileOutcome => ({ kind: 'refused', path, refusals });
  const whole = edits.findIndex(({ kind }) => kind === 'write' || kind === 'remove');
  if (whole >= 0 && edits.length > 1) return refused([{ ...notAlone(path), edit: whole }]);
  const [first] = edits;
  if (first?.kind === 'write' || first?.kind === 'remove') return replaceFile(file, first);
  if (file.bytes === undefined) return createByBlock(file, edits);
  if (isBinary(file.bytes)) return refused([{ ...binary(path), edit: 0 }]);
  const text = readFileText(file.bytes);
  const matches = edits.map((edit) => matched({ ...edit, path }, text));
  const refusals = matches.flatMap((match, edit) => (match.kind === 'refused' ? [{ ...match, edit }] : []));
  if (refusals.length > 0) return refused(refusals);
  const found = matches as Match[];
  const overlap = overlapping(path, text, found);
  if (overlap !== undefined) return refused([overlap]);
  const splices = found
    .flatMap((match) => match.splices)
    .sort((left, right) => left.start - right.start || left.end - right.end);
  const after = writeSplices(text, splices);
  const objection = options.guard?.({ path, before: file.bytes, after });
  if (objection !== undefined) return refused([{ ...refuse('rejected', objection), edit: 0 }]);
  const transformations = found.map((match) => match.transformations);
  return { kind: 'applied', path, bytes: after, transformations, changed: changedRanges(text.text, splices) };
}

/** One edit against the file: its match with trimmed splices, which change something. */
function matched(edit: FileEdit, file: FileText): Match | Refusal {
  if (!textsOf(edit).every((text) => text.isWellFormed())) return brokenText(edit.path);
  const match = located(edit, file);
  if (match.kind === 'refused') return match;
  const splices = match.splices
    .map((splice) => trimmed(splice, file.text))
    .filter(({ start, end, text }) => end > start || text !== '');
  if (splices.length === 0) return noChange(edit.path);
  if (!file.utf8 && splices.some(needsEncoding)) return unknownEncoding(edit.path);
  return { ...match, splices };
}

function located(edit: FileEdit, file: FileText): Match | Refusal {
  switch (edit.kind) {
    case 'replace':
      return matchText(edit, file);
    case 'lines':
      return matchAnchors(edit, file);
    case 'block': {
      if (edit.old.length === 0) return file.text === '' ? appended(edit.new) : noOldLines(edit.path);
      const match = matchLines({ ...edit, file });
      if (match.kind === 'refused' || edit.finalBreak === undefined) return match;
      return withFinalBreak(edit.path, file, match, edit.finalBreak);
    }
    default:
      return notAlone(edit.path);
  }
}

function appended(lines: readonly string[]): Match {
  const text = lines.map((line) => `${line}\n`).join('');
  return { kind: 'match', claims: [{ start: 0, end: 0 }], splices: [{ start: 0, end: 0, text }], transformations: [] };
}

function textsOf(edit: FileEdit): readonly string[] {
  if (edit.kind === 'write') return [edit.content];
  if (edit.kind === 'block') return [...edit.old, ...edit.new];
  if (edit.kind === 'remove') return edit.old;
  return [edit.old ?? '', edit.new];
}

/** Bytes that are not UTF-8 stand as lone surrogates; they come from the file and go back as they were. */
function needsEncoding({ text }: Splice): boolean {
  return /[^\0-\x7F]/u.test(text.replace(/[\uDC80-\uDCFF]/gu, ''));
}

function replaceFile({ path, bytes }: EditedFile, edit: WriteEdit | RemoveEdit): FileOutcome {
  const problem = edit.kind === 'write' ? writeProblem(path, bytes, edit) : removeProblem(path, bytes, edit);
  if (problem !== undefined) return { kind: 'refused', path, refusals: [{ ...problem, edit: 0 }] };
  if (edit.kind === 'remove') return { kind: 'applied', path, transformations: [[]], changed: [] };
  const content = encode(edit.content);
  const last = edit.content.split('\n').length - (edit.content.endsWith('\n') ? 1 : 0);
  return {
    kind: 'applied',
    path,
    bytes: content,
    transformations: [[]],
    changed: [{ first: 1, last: edit.content === '' ? 0 : last }],
  };
}

function writeProblem(path: string, bytes: Uint8Array | undefined, edit: WriteEdit): Refusal | undefined {
  if (!edit.content.isWellFormed()) return brokenText(path);
  if (bytes === undefined) {
    if (edit.hash === undefined) return undefined;
    return refuse(
      'file-missing',
      `There is no file ${path}, but the edit replaces the content with the hash ${edit.hash}. Nothing was changed. Leave the hash out to create the file.`,
    );
  }
  const found = native().hashBytes(bytes);
  if (edit.hash === undefined) {
    return refuse(
      'file-exists',
      `${path} exists already (BLAKE3 ${found}). Nothing was changed. Send that hash with the edit to replace the whole file, or edit the lines that should change.`,
    );
  }
  if (edit.hash.toLowerCase() !== found) {
    return refuse(
      'hash-mismatch',
      `${path} is not the file that the edit was made for: its BLAKE3 is ${found}, expected ${edit.hash}. Nothing was changed. Read the file again, then send its present hash.`,
    );
  }
  return Buffer.from(edit.content, 'utf8').equals(bytes) ? noChange(path) : undefined;
}

function removeProblem(path: string, bytes: Uint8Array | undefined, edit: RemoveEdit): Refusal | undefined {
  if (bytes === undefined) return missing(path);
  const lines = [...readFileText(bytes).lines];
  if (lines.at(-1) === '') lines.pop();
  const same = lines.length === edit.old.length && lines.every((line, index) => line === edit.old[index]);
  if (same) return undefined;
  return refuse(
    'hash-mismatch',
    `${path} is not the file that the patch removes: its content differs. Nothing was changed. Read the file again and send all of its lines.`,
  );
}

function createByBlock({ path }: EditedFile, edits: readonly FileEdit[]): FileOutcome {
  const [edit] = edits;
  if (edit?.kind === 'block' && edit.old.length === 0 && edits.length === 1) {
    const bytes = encode(edit.new.map((line) => `${line}\n`).join(''));
    return { kind: 'applied', path, bytes, transformations: [[]], changed: [{ first: 1, last: edit.new.length }] };
  }
  return { kind: 'refused', path, refusals: [{ ...missing(path), edit: 0 }] };
}

function missing(path: string): Refusal {
  return refuse(
    'file-missing',
    `There is no file ${path}. Nothing was changed. Check the path, which is relative to the repository; to create the file, write it whole.`,
  );
}

function notAlone(path: string): Refusal {
  return refuse(
    'overlap',
    `One of several edits of ${path} writes or removes the whole file, so that the others have no place. Nothing was changed. Send the whole file alone, or edits of its parts.`,
  );
}

function noOldLines(path: string): Refusal {
  return refuse(
    'empty-old-text',
    `The old text for ${path} is empty, but the file has content, so that no place is named. Nothing was changed. Send some lines of the file that are beside the place, in both texts.`,
  );
}

function binary(path: string): Refusal {
  return refuse(
    'binary',
    `${path} is not a text file: there are NUL bytes in it (a binary file, or UTF-16 text). Nothing was changed. Only whole files of that kind can be written.`,
  );
}

function noChange(path: string): Refusal {
  return refuse(
    'no-op',
    `The edit would leave ${path} as it is: old and new text say the same. Nothing was changed. If the change is there already, go on; otherwise send a new text that differs.`,
  );
}

function brokenText(path: string): Refusal {
  return refuse(
    'malformed',
    `A text of the edit of ${path} has half of a character (a lone surrogate). Nothing was changed. Send whole characters.`,
  );
}

function unknownEncoding(path: string): Refusal {
  return refuse(
    'encoding',
    `${path} is not UTF-8, and the new text has characters that are not ASCII, so that nothing says how to encode them. Nothing was changed. Send an edit that adds ASCII characters only.`,
  );
}
