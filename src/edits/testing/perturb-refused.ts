import { bytesOf, type FuzzCase, replaceEdit, text } from './fuzz-case.ts';
import { distorted, type Perturbation } from './perturb-kept.ts';
import type { Random } from './random.ts';
import { contentOf, occurrences, type RealEdit } from './real-edit.ts';

/** The case with another old text, which is nowhere in the file; `new` is what would be put there. */
function wrongOld(edit: RealEdit, old: readonly string[], wanted: readonly string[] = edit.new): FuzzCase | undefined {
  const absent = occurrences(edit.lines, old) === 0 && !text(edit.lines).includes(old.join('\n'));
  if (!absent) return undefined;
  return { ...distorted(edit, {}), edits: [replaceEdit(edit.path, old, wanted)], expected: 'refuse' };
}

/** The same change of one line in both texts, as when a model remembers the line wrongly. */
function misremembered(edit: RealEdit, change: (line: string) => string, random: Random): FuzzCase | undefined {
  const places = edit.old.map((_, index) => index).filter((index) => change(edit.old[index] ?? '') !== edit.old[index]);
  if (places.length === 0) return undefined;
  const line = edit.old[random.pick(places)] ?? '';
  const swap = (other: string) => (other === line ? change(other) : other);
  return wrongOld(edit, edit.old.map(swap), edit.new.map(swap));
}

const OPERATORS: readonly [RegExp, string][] = [
  [/ \+ /, ' - '],
  [/ - /, ' + '],
  [/===/, '!=='],
  [/ == /, ' != '],
  [/ < /, ' <= '],
  [/ > /, ' >= '],
  [/&&/, '||'],
  [/\band\b/, 'or'],
  [/\btrue\b/, 'false'],
  [/\bTrue\b/, 'False'],
  [/ = /, ' += '],
  [/\(/, '['],
  [/;$/, ','],
];

/** Distortions after which the edit no longer says what it means: the only right answer is no. */
export const refused: Readonly<Record<string, Perturbation>> = {
  'one operator differs': (edit, random) => {
    const [from, to] = random.pick(
      OPERATORS.filter(([pattern]) => edit.old.some((line) => pattern.test(line))).concat([[/$^/, '']]),
    );
    return misremembered(edit, (line) => line.replace(from, to), random);
  },
  'one word differs': (edit, random) =>
    misremembered(edit, (line) => line.replace(/\b[A-Za-z_]\w{2,}\b/, (word) => `${word}s`), random),
  'one letter case differs': (edit, random) =>
    misremembered(edit, (line) => line.replace(/[a-z](?=\w)/, (letter) => letter.toUpperCase()), random),
  'one digit differs': (edit, random) =>
    misremembered(edit, (line) => line.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)), random),
  'blanks inside a line differ': (edit, random) =>
    misremembered(edit, (line) => line.replace(/(\S) (\S)/, '$1  $2'), random),
  'quotes swapped': (edit, random) =>
    misremembered(
      edit,
      (line) =>
        line.replace(/(['"])([^'"]*)\1/, (_, quote: string, body: string) =>
          quote === "'" ? `"${body}"` : `'${body}'`,
        ),
      random,
    ),
  'a middle line left out': (edit, random) => {
    if (edit.old.length < 3) return undefined;
    const out = 1 + random.below(edit.old.length - 2);
    const left = edit.old[out] ?? '';
    return wrongOld(
      edit,
      edit.old.filter((_, index) => index !== out),
      edit.new.filter((line) => line !== left),
    );
  },
  'other lines between the first and the last': (edit, random) => {
    if (edit.old.length < 3) return undefined;
    const other = (line: string, index: number) =>
      index === 0 || index === edit.old.length - 1 ? line : random.pick(edit.lines);
    return wrongOld(edit, edit.old.map(other));
  },
  'lines elided': (edit) =>
    edit.old.length < 4 ? undefined : wrongOld(edit, [edit.old[0] ?? '', '    ...', edit.old.at(-1) ?? '']),
  'a blank line too many': (edit, random) => {
    if (edit.old.length < 2) return undefined;
    const at = 1 + random.below(edit.old.length - 1);
    return wrongOld(edit, [...edit.old.slice(0, at), '', ...edit.old.slice(at)]);
  },
  'blank lines left out': (edit) => {
    const left = (lines: readonly string[]) => lines.filter((line) => contentOf(line) !== '');
    return left(edit.old).length === edit.old.length ? undefined : wrongOld(edit, left(edit.old), left(edit.new));
  },
  'blank lines around the text': (edit) => wrongOld(edit, ['', '', ...edit.old, '', ''], ['', '', ...edit.new, '', '']),
  'line breaks escaped': (edit) => {
    if (edit.old.length < 2) return undefined;
    return wrongOld(edit, [edit.old.join('\\n')], [edit.new.join('\\n')]);
  },
  'quotes escaped': (edit) => {
    const escaped = (line: string) => line.replaceAll('"', '\\"');
    return edit.old.some((line) => line.includes('"'))
      ? wrongOld(edit, edit.old.map(escaped), edit.new.map(escaped))
      : undefined;
  },
  'line numbers in front': (edit) => {
    const number = (line: string, index: number) => `${edit.from + index + 1}\t${line}`;
    return wrongOld(edit, edit.old.map(number), edit.new.map(number));
  },
  'the text is there twice': (edit, random) => {
    const at = random.chance(0.5)
      ? random.below(edit.from + 1)
      : edit.lines.length - random.below(edit.lines.length - edit.from - edit.old.length + 1);
    const lines = [...edit.lines.slice(0, at), ...edit.old, ...edit.lines.slice(at)];
    return { ...distorted(edit, {}), before: bytesOf({ lines }), expected: 'refuse' };
  },
  'moved, and there twice': (edit, random) => {
    if (edit.old.some((line) => line !== '' && !/^ +\S/.test(line))) return undefined;
    const at = random.below(edit.from + 1);
    const lines = [
      ...edit.lines.slice(0, at),
      ...edit.old.map((line) => (line === '' ? line : `    ${line}`)),
      ...edit.lines.slice(at),
    ];
    const cut = (line: string) => line.slice(1);
    if (!edit.new.every((line) => line === '' || line.startsWith(' '))) return undefined;
    return { ...distorted(edit, { old: cut, new: cut }), before: bytesOf({ lines }), expected: 'refuse' };
  },
  'nothing changes': (edit) => ({
    ...distorted(edit, {}),
    edits: [replaceEdit(edit.path, edit.old, edit.old)],
    expected: 'refuse',
  }),
  'empty old text': (edit) => ({
    ...distorted(edit, {}),
    edits: [replaceEdit(edit.path, [], edit.new)],
    expected: 'refuse',
  }),
  'two edits that overlap': (edit) => {
    const made = distorted(edit, {});
    const edits = [replaceEdit(edit.path, edit.old, edit.new), replaceEdit(edit.path, edit.old, [...edit.new, 'more'])];
    return { ...made, edits, expected: 'refuse' };
  },
  'lines of another file': (edit) =>
    wrongOld(
      edit,
      edit.old.map((line) => line.split('').reverse().join('')),
    ),
};
