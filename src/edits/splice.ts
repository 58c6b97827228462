import { encode, type FileText, type LineEnding, lineAt } from './file-text.ts';

/** A piece of a file's text that is replaced. Offsets are of `FileText.text`; `text` has `\n` line endings. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** Lines of the result that an edit wrote, 1-based and inclusive; for a pure deletion `last` is `first - 1`. */
export interface LineRange {
  first: number;
  last: number;
}

/** A splice without what its two sides have in common at either end. */
export function trimmed(splice: Splice, text: string): Splice {
  const removed = text.slice(splice.start, splice.end);
  const limit = Math.min(removed.length, splice.text.length);
  let front = 0;
  while (front < limit && removed[front] === splice.text[front]) front += 1;
  let back = 0;
  while (back < limit - front && removed.at(-1 - back) === splice.text.at(-1 - back)) back += 1;
  const kept = splice.text.slice(front, splice.text.length - back);
  return { start: splice.start + front, end: splice.end - back, text: kept };
}

/** The text after `splices`, which are sorted and disjoint, with `\n` line endings. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: inserted } of splices) {
    result += text.slice(at, start) + inserted;
    at = end;
  }
  return result + text.slice(at);
}

/**
 * The bytes after `splices`, which are sorted and disjoint. Lines that no splice touches keep their bytes; a line break
 * that is written takes the ending of the one it replaces, else that of its line, else that of the line before.
 */
export function writeSplices(file: FileText, splices: readonly Splice[]): Uint8Array {
  let result = file.bom ? '\uFEFF' : '';
  let at = 0;
  for (const { start, end, text } of splices) {
    result += original(file, at, start) + withEndings(file, start, end, text);
    at = end;
  }
  return encode(result + original(file, at, file.text.length));
}

/** Which lines of the result each splice wrote. */
export function changedRanges(text: string, splices: readonly Splice[]): LineRange[] {
  const ranges: LineRange[] = [];
  let [line, at] = [1, 0];
  for (const splice of splices) {
    line += breaks(text.slice(at, splice.start));
    const ends = splice.text.endsWith('\n') && (splice.end >= text.length || text[splice.end - 1] === '\n');
    const last = line + breaks(splice.text) - (ends ? 1 : 0);
    ranges.push(
      splice.text === '' && splice.end > splice.start && wholeLines(text, splice)
        ? { first: line, last: line - 1 }
        : { first: line, last },
    );
    line += breaks(splice.text);
    at = splice.end;
  }
  return ranges;
}

function wholeLines(text: string, { start, end }: Splice): boolean {
  return (start === 0 || text[start - 1] === '\n') && text[end - 1] === '\n';
}

function original(file: FileText, from: number, to: number): string {
  const piece = file.text.slice(from, to);
  if (!file.crlf) return piece;
  const [first, ...rest] = piece.split('\n');
  const line = lineAt(file, from);
  return (first ?? '') + rest.map((text, index) => (file.endings[line + index] ?? '\n') + text).join('');
}

function withEndings(file: FileText, start: number, end: number, text: string): string {
  const line = lineAt(file, start);
  const removed = breaks(file.text.slice(start, end));
  const [first, ...rest] = text.split('\n');
  const ending = (index: number): LineEnding => {
    const replaced = removed === 0 ? line : line + Math.min(index, removed - 1);
    return file.endings[replaced] ?? file.endings[replaced - 1] ?? file.endings.at(-1) ?? '\n';
  };
  return (first ?? '') + rest.map((piece, index) => ending(index) + piece).join('');
}

function breaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
