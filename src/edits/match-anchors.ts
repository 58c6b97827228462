import { native } from '../native/index.ts';
import type { LinesEdit } from './edit.ts';
import { encode, type FileText, plainText } from './file-text.ts';
import type { Match } from './match.ts';
import { shown } from './nearest-place.ts';
import { namedLines, type Refusal, refuse } from './refusal.ts';
import { editWindow } from './window-edit.ts';

/** How many hexadecimal digits of a line's hash are shown; an edit may send more. */
const SHORT_HASH = 8;

/** The hash of a line's content as line-anchored edits name it. */
export function lineHash(line: string): string {
  return native().hashBytes(encode(line)).slice(0, SHORT_HASH);
}

/** Finds the lines that the edit names by number and content; elsewhere only when one place has that content. */
export function matchAnchors(edit: LinesEdit, file: FileText): Match | Refusal {
  const count = edit.end - edit.start + 1;
  const anchors = anchorsOf(edit);
  if (count < 1 || anchors.length !== count) return wrongCount(edit, count, anchors.length);
  const total = file.lines.length - (file.lines.at(-1) === '' ? 1 : 0);
  const fits = (start: number) =>
    start + count <= total && anchors.every((anchor, index) => anchor(file.lines[start + index] ?? ''));
  const wanted = edit.new === '' ? [] : withoutFinalBreak(plainText(edit.new));
  const at = (start: number) => {
    const old = file.lines.slice(start, start + count);
    return editWindow({ path: edit.path, file, start, old, new: wanted }, 'exact');
  };
  if (fits(edit.start - 1)) return at(edit.start - 1);
  const elsewhere = Array.from({ length: Math.max(0, total - count + 1) }, (_, start) => start).filter(fits);
  const [moved] = elsewhere;
  if (moved === undefined || elsewhere.length > 1) return mismatch(edit, file, anchors, elsewhere);
  const match = at(moved);
  return match.kind === 'refused' ? match : { ...match, transformations: ['moved'] };
}

type Anchor = (line: string) => boolean;

function anchorsOf({ hashes, old }: LinesEdit): Anchor[] {
  if (hashes === undefined) return withoutFinalBreak(plainText(old ?? '')).map((wanted) => (line) => line === wanted);
  const known = new Map<string, string>();
  return hashes.map((hash) => (line) => {
    let found = known.get(line);
    if (found === undefined) {
      found = native().hashBytes(encode(line));
      known.set(line, found);
    }
    return found.startsWith(hash.toLowerCase());
  });
}

function withoutFinalBreak(text: string): string[] {
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function wrongCount({ path, start, end }: LinesEdit, count: number, anchors: number): Refusal {
  const message =
    count < 1
      ? `The edit of ${path} goes from line ${start} to line ${end}, which is no range. Nothing was changed. Lines are counted from 1, and both ends belong to the range.`
      : `The edit of ${path} names ${count} lines (${start} to ${end}) and the content of ${anchors}. Nothing was changed. Send one hash, or one line of old text, for each line of the range.`;
  return refuse('malformed', message);
}

function mismatch(edit: LinesEdit, file: FileText, anchors: readonly Anchor[], elsewhere: readonly number[]): Refusal {
  const lines = elsewhere.map((start) => start + 1);
  const wrong = anchors
    .map((_, index) => edit.start + index)
    .filter((line, index) => !anchors[index]?.(file.lines[line - 1] ?? ''));
  const now = wrong.slice(0, 4).map((line) => describe(file, line));
  const found =
    lines.length > 1
      ? `The named lines are at ${lines.length} other places (they begin at ${namedLines(lines)})`
      : 'The named lines are nowhere else in the file';
  const message = `The content of ${namedLines(wrong)} of ${edit.path} is not the one that the edit names: ${now.join('; ')}. ${found}, so that the edit was not moved. Nothing was changed. Read the lines again and send their present numbers and content.`;
  return refuse('hash-mismatch', message, { lines: lines.length > 1 ? lines : wrong });
}

function describe(file: FileText, line: number): string {
  const text = file.lines[line - 1];
  if (text === undefined) return `there is no line ${line}`;
  return `line ${line} is ${shown(text)} (hash ${lineHash(text)})`;
}
