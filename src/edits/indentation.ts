/** The blanks that a line begins with. */
export function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** A line without blanks at its end. A loop, for the regular expression is quadratic in a run of blanks. */
export function trimEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return line.slice(0, end);
}

export function isBlank(line: string): boolean {
  return trimEnd(line) === '';
}

/** One way to read how an edit's indentation stands to the file's. */
export interface IndentReading {
  /** For messages: `4 spaces were dropped from each line`. */
  what: string;
  /** The line at `index` of the new text as it belongs into the file; `undefined` where this reading has no answer. */
  map(line: string, index: number): string | undefined;
}

interface Pair {
  old: string;
  file: string;
}

/**
 * The uniform changes of indentation that turn the old text into the lines of the file, both without trailing blanks.
 * Several are given when the lines do not tell them apart; the caller must see that all lead to the same result.
 * Empty when the indentation differs in no uniform way.
 */
export function indentReadings(
  oldLines: readonly string[],
  fileLines: readonly string[],
  newLines: readonly string[],
): IndentReading[] {
  const pairs: Pair[] = [];
  for (const [index, line] of oldLines.entries()) {
    if (!isBlank(line)) pairs.push({ old: indentOf(line), file: indentOf(fileLines[index] ?? '') });
  }
  if (pairs.length === 0) return [];
  const framed = commonIndent(oldLines) === commonIndent(newLines) || newLines.every(isBlank);
  const uniform = firstNonEmpty([
    () => prefixReadings(pairs),
    () => tabReadings(pairs, [0]),
    () => tabReadings(pairs, SHIFTS),
  ]);
  // The new text must stand in the same frame as the old one, or nothing says how far to move it.
  const moved = uniform.map((reading) => (framed ? reading : { ...reading, map: () => undefined }));
  const first = firstLineReading(oldLines, fileLines, newLines);
  return first === undefined ? moved : [...moved, first];
}

const SHIFTS = [-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6];
const UNITS = [2, 3, 4, 5, 6, 7, 8];

function firstNonEmpty(makers: readonly (() => IndentReading[])[]): IndentReading[] {
  for (const make of makers) {
    const made = make();
    if (made.length > 0) return made;
  }
  return [];
}

/** The longest run of blanks that every line with content begins with. */
function commonIndent(lines: readonly string[]): string {
  let common: string | undefined;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const indent = indentOf(line);
    if (common === undefined) common = indent;
    let same = 0;
    while (same < common.length && common[same] === indent[same]) same += 1;
    common = common.slice(0, same);
  }
  return common ?? '';
}

function prefixReadings(pairs: readonly Pair[]): IndentReading[] {
  const [{ old, file } = { old: '', file: '' }] = pairs;
  const added = file.endsWith(old) ? file.slice(0, file.length - old.length) : '';
  if (added !== '' && pairs.every((pair) => pair.file === added + pair.old)) {
    return [
      {
        what: `${blanks(added)} at the front of each line`,
        map: (line) => (isBlank(line) ? line : unmixed(added + line)),
      },
    ];
  }
  const removed = old.endsWith(file) ? old.slice(0, old.length - file.length) : '';
  if (removed !== '' && pairs.every((pair) => pair.old === removed + pair.file)) {
    const map = (line: string) => {
      if (isBlank(line)) return line;
      return line.startsWith(removed) ? line.slice(removed.length) : undefined;
    };
    return [{ what: `${blanks(removed)} too many at the front of each line`, map }];
  }
  return [];
}

/** Spaces after tabs are taken for alignment only where a block comment is continued. */
function unmixed(line: string): string | undefined {
  const indent = indentOf(line);
  if (/^(\t*| *)$/.test(indent) || (/^\t+ $/.test(indent) && line.startsWith('*', indent.length))) return line;
  return undefined;
}

function tabReadings(pairs: readonly Pair[], shifts: readonly number[]): IndentReading[] {
  const toTabs = pairs.every(({ old, file }) => /^ *$/.test(old) && /^\t* ?$/.test(file));
  const toSpaces = pairs.every(({ old, file }) => /^\t* ?$/.test(old) && /^ *$/.test(file));
  if (toTabs === toSpaces) return [];
  const readings: IndentReading[] = [];
  for (const unit of UNITS) {
    for (const shift of shifts) {
      const fits = pairs.every(({ old, file }) =>
        toTabs ? width(file, unit) === old.length + unit * shift : file.length === width(old, unit) + unit * shift,
      );
      const what = toTabs ? `a tab for each ${unit} spaces` : `${unit} spaces for each tab`;
      if (fits)
        readings.push({ what, map: (line) => (isBlank(line) ? line : remapped(line, { unit, shift, toTabs })) });
    }
  }
  return readings;
}

function remapped(
  line: string,
  { unit, shift, toTabs }: { unit: number; shift: number; toTabs: boolean },
): string | undefined {
  const indent = indentOf(line);
  const rest = line.slice(indent.length);
  if (toTabs ? indent.includes('\t') : !/^\t* ?$/.test(indent)) return undefined;
  const columns = (toTabs ? indent.length : width(indent, unit)) + unit * shift;
  if (columns < 0) return undefined;
  if (!toTabs) return ' '.repeat(columns) + rest;
  const odd = columns % unit;
  if (odd !== 0 && !(odd === 1 && rest.startsWith('*'))) return undefined;
  return '\t'.repeat((columns - odd) / unit) + ' '.repeat(odd) + rest;
}

function width(indent: string, unit: number): number {
  return [...indent].reduce((sum, blank) => sum + (blank === '\t' ? unit : 1), 0);
}

/** Only the first line lost its indentation, as when a text was trimmed. */
function firstLineReading(
  oldLines: readonly string[],
  fileLines: readonly string[],
  newLines: readonly string[],
): IndentReading | undefined {
  const [first = ''] = oldLines;
  const [old, file] = [indentOf(first), indentOf(fileLines[0] ?? '')];
  const lost = file.endsWith(old) ? file.slice(0, file.length - old.length) : '';
  if (isBlank(first) || lost === '') return undefined;
  const rest = oldLines.every(
    (line, index) => index === 0 || isBlank(line) || indentOf(line) === indentOf(fileLines[index] ?? ''),
  );
  if (!rest) return undefined;
  // A first line that moves down would stay without its indentation; one that has its own was not trimmed.
  const moved = newLines.some((line, index) => index > 0 && trimEnd(line) === trimEnd(first));
  const map = (line: string, index: number) => {
    if (index > 0 || isBlank(line)) return moved ? undefined : line;
    return moved || indentOf(line) !== old ? undefined : lost + line;
  };
  return { what: `${blanks(lost)} at the front of the first line`, map };
}

/** `4 spaces`, `1 tab`, `2 tabs and 3 spaces`, `nothing`. */
export function blanks(indent: string): string {
  if (indent === '') return 'nothing';
  const runs = indent.match(/\t+| +/g) ?? [];
  return runs
    .map((run) => `${run.length} ${run[0] === '\t' ? 'tab' : 'space'}${run.length === 1 ? '' : 's'}`)
    .join(' and ');
}
