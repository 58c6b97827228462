import type { FileText } from './file-text.ts';
import { indentReadings, isBlank, trimEnd } from './indentation.ts';
import type { Match } from './match.ts';
import { notFound } from './not-found.ts';
import { namedLines, type Refusal, refuse } from './refusal.ts';
import { folded } from './unicode-fold.ts';
import { editWindow, type Fit } from './window-edit.ts';

/** Whole lines to replace by others. */
export interface LinesRequest {
  path: string;
  file: FileText;
  old: readonly string[];
  new: readonly string[];
  /** The 1-based line that picks one of several exact matches. */
  line?: number;
}

/**
 * Finds whole lines: exactly, else without regard to trailing blanks, else in another Unicode form or with another
 * uniform indentation. A step counts only when it finds one place in the whole file.
 */
export function matchLines(request: LinesRequest): Match | Refusal {
  const { path, file, old } = request;
  if (old.every((line) => line === '')) return emptyOldText(path);
  const found = fits(file, old);
  const exact = found.filter(({ fit }) => fit === 'exact');
  const near = found.filter(({ fit }) => fit === 'trailing-blanks');
  const [candidates] = [exact, near, found].filter((list) => list.length > 0);
  if (candidates === undefined) return notFound(path, file, old);
  const hinted = candidates === exact ? exact.filter(({ start }) => start + 1 === request.line) : [];
  const chosen = candidates.length === 1 ? candidates[0] : hinted[0];
  if (chosen === undefined)
    return ambiguous(
      path,
      candidates.map(({ start }) => start + 1),
    );
  return editWindow({ ...request, start: chosen.start }, chosen.fit);
}

/** The old text has no content, so it names no place. */
export function emptyOldText(path: string): Refusal {
  return refuse(
    'empty-old-text',
    `The old text for ${path} is empty and names no place. Nothing was changed. Send some lines of the file that are beside the place, in both texts, or write the whole file.`,
  );
}

/** Several places fit. */
export function ambiguous(path: string, lines: readonly number[]): Refusal {
  return refuse(
    'ambiguous',
    `The old text fits ${lines.length} places of ${path}: it begins at ${namedLines(lines)}. Nothing was changed. Add lines before or after it, in both texts, until it fits only the one that you mean.`,
    { lines },
  );
}

/** The 1-based lines where whole lines fit in any way. */
export function linesThatFit(file: FileText, old: readonly string[]): number[] {
  return fits(file, old).map(({ start }) => start + 1);
}

interface Fitting {
  start: number;
  fit: Fit;
}

function fits(file: FileText, old: readonly string[]): Fitting[] {
  const wanted = old.map((line) => folded(trimmed(line)));
  const found: Fitting[] = [];
  for (const start of windows(file, wanted)) {
    const fit = fitOf(file.lines.slice(start, start + old.length), old);
    if (fit !== undefined) found.push({ start, fit });
  }
  return found;
}

function trimmed(line: string): string {
  return trimEnd(line).replace(/^[ \t]+/, '');
}

const keysOf = new WeakMap<FileText, string[]>();

/** Where all lines have the wanted content, apart from Unicode form and blanks at either end. */
function windows(file: FileText, wanted: readonly string[]): number[] {
  let keys = keysOf.get(file);
  if (keys === undefined) {
    keys = file.lines.map((line) => folded(trimmed(line)));
    keysOf.set(file, keys);
  }
  // What follows the last line break is no line.
  const total = keys.length - (file.lines.at(-1) === '' ? 1 : 0);
  const anchor = Math.max(
    0,
    wanted.findIndex((key) => key !== ''),
  );
  const found: number[] = [];
  for (let start = 0; start + wanted.length <= total; start += 1) {
    if (keys[start + anchor] !== wanted[anchor]) continue;
    if (wanted.every((key, index) => keys[start + index] === key)) found.push(start);
  }
  return found;
}

function fitOf(lines: readonly string[], old: readonly string[]): Fit | undefined {
  const every = (same: (left: string, right: string) => boolean) =>
    old.every((line, index) => same(line, lines[index] ?? ''));
  if (every((left, right) => left === right)) return 'exact';
  if (every((left, right) => trimEnd(left) === trimEnd(right))) return 'trailing-blanks';
  const sameForm = every((left, right) => trimmed(left) === trimmed(right));
  const sameIndent = every(
    (left, right) => folded(trimEnd(left)) === folded(trimEnd(right)) || (isBlank(left) && isBlank(right)),
  );
  if (sameIndent) return 'unicode';
  if (indentReadings(old.map(trimEnd), lines.map(trimEnd), old).length === 0) return undefined;
  return sameForm ? 'indentation' : 'indentation-and-unicode';
}
