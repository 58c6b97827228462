/** Typographic characters that editors and models put in the place of ASCII ones. */
const TYPOGRAPHIC: Readonly<Record<string, string>> = {
  ...all("'", '\u2018\u2019\u201A\u201B'),
  ...all('"', '\u201C\u201D\u201E\u201F'),
  ...all('-', '\u2010\u2011\u2012\u2013\u2014\u2015\u2212'),
  ...all(' ', '\u00A0\u2007\u202F'),
};

/** A character with what combines with it: a base with its marks, or a syllable of Hangul letters. */
const UNITS = /[\u1100-\u115F][\u1160-\u11A7][\u11A8-\u11FF]?|\P{M}\p{M}*|\p{M}+/gu;

const ASCII = /^[\0-\x7F]*$/;

/** A line in which canonically equal text is equal (NFC), and quotes, dashes and spaces are the ASCII ones. */
export function folded(line: string): string {
  return ASCII.test(line) ? line : units(line).map(foldUnit).join('');
}

/** How a file and an edit's old text differ although they fold to the same. */
export interface FoldDifference {
  /** The ASCII characters that stand for the typographic ones in which they differ. */
  kinds: ReadonlySet<string>;
  /** The old text has typographic characters that the file does not have: those of the new text may be as wrong. */
  typographic: boolean;
  /** The Unicode form of the whole file; absent when it has none, and then composed characters are in question too. */
  form?: 'NFC' | 'NFD';
}

/** Compares lines of a file with lines that fold to the same. `text` is the whole file. */
export function foldDifference(
  fileLines: readonly string[],
  oldLines: readonly string[],
  text: string,
): FoldDifference {
  const kinds = new Set<string>();
  let typographic = false;
  for (const [line, fileLine] of fileLines.entries()) {
    const [file, old] = [units(fileLine), units(oldLines[line] ?? '')];
    for (const [index, unit] of file.entries()) {
      const other = old[index] ?? '';
      if (unit === other || unit.normalize('NFC') === other.normalize('NFC')) continue;
      kinds.add(foldUnit(unit));
      typographic ||= isTypographic(other);
    }
  }
  if (text.normalize('NFC') === text) return { kinds, typographic, form: 'NFC' };
  return text.normalize('NFD') === text ? { kinds, typographic, form: 'NFD' } : { kinds, typographic };
}

/** New text in the form of the file; `undefined` when it has a character whose form is in question. */
export function inForm(text: string, { kinds, typographic, form }: FoldDifference): string | undefined {
  if (ASCII.test(text) && kinds.size === 0) return text;
  const open = units(text).some(
    (unit) =>
      kinds.has(foldUnit(unit)) ||
      (typographic && isTypographic(unit)) ||
      (form === undefined && unit.normalize('NFC') !== unit.normalize('NFD')),
  );
  if (open) return undefined;
  return form === undefined ? text : text.normalize(form);
}

/**
 * The changed line as it belongs into the file: what `newLine` shares with `oldLine` at either end stays as the file
 * has it. `undefined` when the form of the changed part is in question.
 */
export function carryOver(
  { file, old, wanted }: { file: string; old: string; wanted: string },
  difference: FoldDifference,
): string | undefined {
  const [fileUnits, oldUnits, newUnits] = [units(file), units(old), units(wanted)];
  if (fileUnits.length !== oldUnits.length) return undefined;
  const limit = Math.min(oldUnits.length, newUnits.length);
  let front = 0;
  while (front < limit && oldUnits[front] === newUnits[front]) front += 1;
  let back = 0;
  while (back < limit - front && oldUnits.at(-1 - back) === newUnits.at(-1 - back)) back += 1;
  const middle = inForm(newUnits.slice(front, newUnits.length - back).join(''), difference);
  if (middle === undefined) return undefined;
  return fileUnits.slice(0, front).join('') + middle + fileUnits.slice(fileUnits.length - back).join('');
}

function units(line: string): string[] {
  return line.match(UNITS) ?? [];
}

function foldUnit(unit: string): string {
  const composed = unit.normalize('NFC');
  return TYPOGRAPHIC[composed] ?? composed;
}

function isTypographic(unit: string): boolean {
  return TYPOGRAPHIC[unit.normalize('NFC')] !== undefined;
}

function all(ascii: string, characters: string): Record<string, string> {
  return Object.fromEntries([...characters].map((character) => [character, ascii]));
}
