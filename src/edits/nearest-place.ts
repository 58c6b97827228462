import { editHunks } from './edit-hunks.ts';
import type { FileText } from './file-text.ts';
import { blanks, indentOf, isBlank, trimEnd } from './indentation.ts';
import { folded } from './unicode-fold.ts';

/** The part of a file that resembles a text most. */
export interface NearestPlace {
  /** 1-based, inclusive. */
  firstLine: number;
  lastLine: number;
  /** From 0 to 1: the share of the text's letter pairs that are there too. */
  similarity: number;
  /** What differs, one sentence each, at most {@link MAX_DIFFERENCES}. */
  differences: readonly string[];
}

const MAX_DIFFERENCES = 4;

/** Below this a place does not help to find the mistake. */
const MIN_SIMILARITY = 0.4;

/** The place that resembles `oldLines` most, or nothing when none does. */
export function nearestPlace(file: FileText, oldLines: readonly string[]): NearestPlace | undefined {
  const start = bestStart(file, oldLines);
  if (start === undefined) return undefined;
  const end = Math.min(start + oldLines.length, file.lines.length);
  const place = file.lines.slice(start, end);
  const similarity = resemblance(oldLines.join('\n'), place.join('\n'));
  if (similarity < MIN_SIMILARITY) return undefined;
  return { firstLine: start + 1, lastLine: end, similarity, differences: differences(file, start, oldLines) };
}

function contentKey(line: string): string {
  return folded(trimEnd(line.trimStart()));
}

/** Lines of the text vote for where it would begin; longer lines have more to say. */
function bestStart(file: FileText, oldLines: readonly string[]): number | undefined {
  const places = new Map<string, number[]>();
  for (const [index, line] of file.lines.entries()) {
    const key = contentKey(line);
    if (key.length < 3) continue;
    const known = places.get(key);
    if (known === undefined) places.set(key, [index]);
    else known.push(index);
  }
  const votes = new Map<number, number>();
  for (const [index, line] of oldLines.entries()) {
    const key = contentKey(line);
    const found = places.get(key) ?? [];
    if (found.length > 200) continue;
    for (const place of found) {
      const start = Math.max(0, place - index);
      votes.set(start, (votes.get(start) ?? 0) + key.length / found.length);
    }
  }
  let best: [number, number] | undefined;
  for (const [start, weight] of votes) if (best === undefined || weight > best[1]) best = [start, weight];
  return best?.[0] ?? mostAlike(file, oldLines);
}

function mostAlike(file: FileText, oldLines: readonly string[]): number | undefined {
  const keys = oldLines.map(contentKey);
  const longest = keys.reduce((best, key, index) => (key.length > (keys[best] ?? '').length ? index : best), 0);
  const wanted = pairsOf(keys[longest] ?? '');
  let best: { start: number; score: number } | undefined;
  for (const [index, line] of file.lines.slice(0, 20_000).entries()) {
    const score = dice(wanted, pairsOf(contentKey(line)));
    if (score > (best?.score ?? 0)) best = { start: Math.max(0, index - longest), score };
  }
  return best?.start;
}

function differences(file: FileText, start: number, oldLines: readonly string[]): string[] {
  // A few lines more, so that a line which is missing above does not count as missing below too.
  const place = file.lines.slice(start, start + oldLines.length + 3);
  const found: string[] = [];
  let [index, line] = [0, 0];
  const tellSame = (until: number) => {
    for (; index < until; index += 1, line += 1) {
      const told = sameContent(oldLines[index] ?? '', place[line] ?? '', start + line + 1);
      if (told !== undefined) found.push(told);
    }
  };
  for (const { oldStart, oldCount, newStart, newCount } of editHunks(oldLines, place, contentKey)) {
    tellSame(oldStart);
    if (oldStart === oldLines.length) break;
    const added = place.slice(newStart, newStart + newCount);
    // At the end the place may simply go on.
    const ends = oldStart + oldCount === oldLines.length;
    found.push(
      ...changedLines(
        oldLines.slice(oldStart, oldStart + oldCount),
        ends ? added.slice(0, oldCount) : added,
        start + newStart + 1,
      ),
    );
    [index, line] = [oldStart + oldCount, newStart + newCount];
  }
  tellSame(oldLines.length);
  const shown = found.slice(0, MAX_DIFFERENCES);
  return found.length > shown.length ? [...shown, `and ${found.length - shown.length} more`] : shown;
}

function changedLines(expected: readonly string[], found: readonly string[], line: number): string[] {
  const told: string[] = [];
  for (let index = 0; index < Math.max(expected.length, found.length); index += 1) {
    const [left, right] = [expected[index], found[index]];
    if (left === undefined) told.push(`line ${line + index} is not in the old text: ${shown(right ?? '')}`);
    else if (right === undefined)
      told.push(`the old text has a line that is not there before line ${line + found.length}: ${shown(left)}`);
    else told.push(`line ${line + index} differs: expected ${shown(left)}, found ${shown(right)}`);
  }
  return told;
}

function sameContent(old: string, found: string, line: number): string | undefined {
  if (trimEnd(old) === trimEnd(found)) return undefined;
  const [left, right] = [indentOf(old), indentOf(found)];
  if (left !== right && !isBlank(old))
    return `line ${line} differs in indentation: expected ${blanks(left)}, found ${blanks(right)}`;
  return `line ${line} differs in Unicode form: expected ${shown(old)}, found ${shown(found)}`;
}

/** A line in quotes, cut to one screen line. */
export function shown(line: string): string {
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 117)}…` : line);
}

function resemblance(left: string, right: string): number {
  return dice(pairsOf(left.slice(0, 4000)), pairsOf(right.slice(0, 4000)));
}

function pairsOf(text: string): Map<string, number> {
  const pairs = new Map<string, number>();
  const dense = text.replace(/\s+/g, ' ');
  for (let at = 0; at + 1 < dense.length; at += 1) {
    const pair = dense.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** Sørensen and Dice: twice the shared letter pairs over all of them. */
function dice(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): number {
  let [shared, total] = [0, 0];
  for (const [pair, count] of left) {
    shared += Math.min(count, right.get(pair) ?? 0);
    total += count;
  }
  for (const count of right.values()) total += count;
  return total === 0 ? 0 : (2 * shared) / total;
}
