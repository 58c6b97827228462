import { type EditHunk, editHunks } from './edit-hunks.ts';
import type { FileText } from './file-text.ts';
import { type IndentReading, indentOf, indentReadings, trimEnd } from './indentation.ts';
import { literalLines } from './literal-lines.ts';
import type { Match, Transformation } from './match.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type Splice, spliced } from './splice.ts';
import { carryOver, type FoldDifference, foldDifference, inForm } from './unicode-fold.ts';

/** Lines of a file that an edit's old lines stand for. */
export interface Window {
  path: string;
  file: FileText;
  /** The 0-based first line. */
  start: number;
  old: readonly string[];
  new: readonly string[];
}

/** How the old lines may differ from the window; blanks at the end of lines may with all but `exact`. */
export type Fit = 'exact' | 'trailing-blanks' | 'unicode' | 'indentation' | 'indentation-and-unicode';

/**
 * Carries the edit's own difference (old lines to new lines) over to the window. Lines that the edit does not change
 * stay as the file has them.
 */
export function editWindow(window: Window, fit: Fit): Match | Refusal {
  const unicode = fit === 'unicode' || fit === 'indentation-and-unicode';
  const indentation = fit === 'indentation' || fit === 'indentation-and-unicode';
  const fileLines = window.file.lines.slice(window.start, window.start + window.old.length);
  const difference = unicode
    ? foldDifference(fileLines.map(content), window.old.map(content), window.file.text)
    : undefined;
  const key = fit === 'exact' ? undefined : trimEnd;
  const hunks = editHunks(window.old, window.new, key);
  const readings = indentation
    ? indentReadings(window.old.map(trimEnd), fileLines.map(trimEnd), window.new)
    : [undefined];
  const results: Splice[][] = [];
  for (const reading of readings) {
    const result = carried(window, hunks, { reading, difference });
    if (!Array.isArray(result)) return result;
    results.push(result);
  }
  const [first = []] = results;
  if (new Set(results.map((splices) => JSON.stringify(splices))).size > 1) return twoReadings(window, readings);
  const transformations: Transformation[] = fit === 'exact' ? [] : trailing(window, fileLines);
  if (unicode) transformations.push('unicode');
  if (indentation) transformations.push('indentation');
  const end = window.start + window.old.length;
  const claim = {
    start: window.file.starts[window.start] ?? 0,
    end: window.file.starts[end] ?? window.file.text.length,
  };
  return { kind: 'match', claims: [claim], splices: first, transformations };
}

const content = (line: string) => trimEnd(line).slice(indentOf(line).length);

function trailing(window: Window, fileLines: readonly string[]): Transformation[] {
  const blanksOf = (line: string) => line.slice(trimEnd(line).length);
  return window.old.some((line, index) => blanksOf(line) !== blanksOf(fileLines[index] ?? ''))
    ? ['trailing-blanks']
    : [];
}

interface Carrying {
  reading: IndentReading | undefined;
  difference: FoldDifference | undefined;
}

function carried(window: Window, hunks: readonly EditHunk[], { reading, difference }: Carrying): Splice[] | Refusal {
  const splices: Splice[] = [];
  const moved: boolean[][] = [];
  for (const hunk of hunks) {
    const lines: string[] = [];
    const shifts: boolean[] = [];
    for (let index = hunk.newStart; index < hunk.newStart + hunk.newCount; index += 1) {
      const line = difference === undefined ? window.new[index] : inFileForm(window, hunk, index, difference);
      if (line === undefined) return unknownForm(window, index);
      const mapped = reading === undefined ? line : reading.map(line, index);
      if (mapped === undefined) return unknownIndent(window, index);
      lines.push(mapped);
      shifts.push(mapped !== line);
    }
    splices.push(lineSplice(window.file, { from: window.start + hunk.oldStart, count: hunk.oldCount }, lines));
    moved.push(shifts);
  }
  return reading === undefined ? splices : (insideLiteral(window, splices, moved) ?? splices);
}

function inFileForm(window: Window, hunk: EditHunk, index: number, difference: FoldDifference): string | undefined {
  const wanted = window.new[index] ?? '';
  if (hunk.oldCount !== hunk.newCount) return inForm(wanted, difference);
  const pair = hunk.oldStart + index - hunk.newStart;
  const [file, old] = [window.file.lines[window.start + pair] ?? '', window.old[pair] ?? ''];
  const indent = indentOf(wanted);
  const rest = carryOver({ file: content(file), old: content(old), wanted: wanted.slice(indent.length) }, difference);
  return rest === undefined ? undefined : indent + rest;
}

/** Replaces whole lines. A file without a final line break stays without one. */
export function lineSplice(
  file: FileText,
  { from, count }: { from: number; count: number },
  lines: readonly string[],
): Splice {
  const total = file.lines.length;
  const startOf = (line: number) => file.starts[line] ?? file.text.length;
  const text = lines.join('\n');
  if (count === 0) {
    if (from >= total) return { start: file.text.length, end: file.text.length, text: `\n${text}` };
    return { start: startOf(from), end: startOf(from), text: `${text}\n` };
  }
  const last = from + count - 1;
  if (lines.length > 0) return { start: startOf(from), end: startOf(last) + (file.lines[last] ?? '').length, text };
  if (from + count < total) return { start: startOf(from), end: startOf(from + count), text: '' };
  return { start: Math.max(0, startOf(from) - 1), end: file.text.length, text: '' };
}

/** Moved lines that begin inside a string are refused: there the blanks are content. */
function insideLiteral(
  window: Window,
  splices: readonly Splice[],
  moved: readonly (readonly boolean[])[],
): Refusal | undefined {
  if (!moved.some((shifts) => shifts.includes(true))) return undefined;
  const result = spliced(window.file.text, splices);
  const flags = literalLines(window.path, result);
  let grown = 0;
  for (const [index, splice] of splices.entries()) {
    const before = result.slice(0, splice.start + grown).split('\n').length - 1;
    const first = before + (splice.text.startsWith('\n') ? 1 : 0);
    for (const [offset, shifted] of (moved[index] ?? []).entries()) {
      if (shifted && flags?.[first + offset] !== false) return contentBlanks(window, flags === undefined);
    }
    grown += splice.text.length - (splice.end - splice.start);
  }
  return undefined;
}

function placeOf({ path, start, old }: Window): string {
  return old.length === 1 ? `line ${start + 1} of ${path}` : `lines ${start + 1} to ${start + old.length} of ${path}`;
}

function linesOf({ start, old }: Window): number[] {
  return [start + 1, start + old.length];
}

function contentBlanks(window: Window, unknown: boolean): Refusal {
  const why = unknown
    ? 'the file may have strings that span lines, where blanks are content'
    : 'the new text has lines inside a string that spans lines, where blanks are content';
  const message = `The old text is at ${placeOf(window)} with another indentation, and ${why}, so that the new text cannot be moved safely. Nothing was changed. Send both texts again with exactly the indentation that the file has.`;
  return refuse('literal', message, { lines: linesOf(window) });
}

function unknownForm(window: Window, index: number): Refusal {
  const message = `The old text is at ${placeOf(window)} but for the Unicode form of quotes, dashes, spaces or accents, and line ${index + 1} of the new text has such characters too, so that nobody can know which form is meant there. Nothing was changed. Copy those lines from the file with its own characters, in both texts.`;
  return refuse('unicode', message, { lines: linesOf(window) });
}

function unknownIndent(window: Window, index: number): Refusal {
  const message = `The old text is at ${placeOf(window)} with another indentation, and nothing tells how far line ${index + 1} of the new text belongs. Nothing was changed. Send both texts again with exactly the indentation that the file has.`;
  return refuse('indentation', message, { lines: linesOf(window) });
}

function twoReadings(window: Window, readings: readonly (IndentReading | undefined)[]): Refusal {
  const ways = [...new Set(readings.map((reading) => reading?.what ?? ''))].join(', or ');
  const message = `The old text is at ${placeOf(window)} with another indentation, which can be read in more than one way (${ways}), and the new text would come out differently. Nothing was changed. Send both texts again with exactly the indentation that the file has, the first line included.`;
  return refuse('indentation', message, { lines: linesOf(window) });
}
