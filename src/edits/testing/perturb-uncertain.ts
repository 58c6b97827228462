import { bytesOf, replaceEdit, resultOf, text } from './fuzz-case.ts';
import { chosen, distorted, type Perturbation } from './perturb-kept.ts';
import { type RealEdit, realEdit } from './real-edit.ts';

/** Distortions that may leave several readings: a refusal is right, and so is the one result. */
export const uncertain: Readonly<Record<string, Perturbation>> = {
  'typographic quotes in the edit': (edit) => {
    const curly = (line: string) => line.replaceAll("'", '’').replace(/"([^"]*)"/g, '“$1”');
    if (!edit.old.some((line) => curly(line) !== line)) return undefined;
    return distorted(edit, { old: curly, new: curly, expected: 'either' });
  },
  'typographic quotes in the file': (edit, random) => {
    const some = chosen(random, 0.5);
    const curly = (line: string) =>
      some(line)
        ? line
            .replaceAll("'", '’')
            .replace(/"([^"]*)"/g, '“$1”')
            .replaceAll(' - ', ' – ')
        : line;
    if (!edit.old.some((line) => curly(line) !== line) || edit.old.join('').match(/[^\0-\x7F]/)) return undefined;
    if (replacesDistorted(edit, curly)) return undefined;
    return distorted(edit, { file: curly, written: asRenamed(edit, curly), expected: 'either' });
  },
  'non-breaking spaces in the file': (edit, random) => {
    const some = chosen(random, 0.4);
    const hard = (line: string) => (some(line) ? line.replace(/(\S) (\S)/g, '$1\u00A0$2') : line);
    if (!edit.old.some((line) => hard(line) !== line)) return undefined;
    if (replacesDistorted(edit, hard)) return undefined;
    return distorted(edit, { file: hard, written: asRenamed(edit, hard), expected: 'either' });
  },
  'only one text ends with a line break': (edit, random) => {
    if ((edit.new.at(-1) ?? '') === '') return undefined;
    const made = distorted(edit, { expected: 'either' });
    const [old, wanted] = [text(edit.old), text(edit.new)];
    const first = random.chance(0.5);
    const open = (value: string) => value.slice(0, -1);
    return {
      ...made,
      edits: [{ kind: 'replace', path: edit.path, old: first ? open(old) : old, new: first ? wanted : open(wanted) }],
    };
  },
  'both texts end inside a line': (edit, random) => {
    const [old, wanted] = [edit.old.at(-1) ?? '', edit.new.at(-1) ?? ''];
    if (old !== wanted || old.length < 4) return undefined;
    const cut = 1 + random.below(old.trim().length - 1);
    const end = (lines: readonly string[]) => lines.join('\n').slice(0, -cut);
    return {
      ...distorted(edit, { expected: 'either' }),
      edits: [{ kind: 'replace', path: edit.path, old: end(edit.old), new: end(edit.new) }],
    };
  },
  'both texts begin inside a line': (edit, random) => {
    const [old, wanted] = [edit.old[0] ?? '', edit.new[0] ?? ''];
    if (old !== wanted || old.length < 4) return undefined;
    const cut = 1 + random.below(old.length - 2);
    const begin = (lines: readonly string[]) => text(lines).slice(cut);
    return {
      ...distorted(edit, { expected: 'either' }),
      edits: [{ kind: 'replace', path: edit.path, old: begin(edit.old), new: begin(edit.new) }],
    };
  },
  'there twice, once in other blanks': (edit, random) => {
    // The exact place is the one that is meant; the other differs at the ends of its lines.
    const at = random.chance(0.5) ? 0 : edit.lines.length;
    const copy = edit.old.map((line) => `${line}  `);
    const lines = at === 0 ? [...copy, ...edit.lines] : [...edit.lines, ...copy];
    const from = edit.from + (at === 0 ? copy.length : 0);
    return {
      ...distorted(edit, { expected: 'either' }),
      before: bytesOf({ lines }),
      after: bytesOf({ lines: resultOf({ ...edit, lines, from }, edit.new) }),
    };
  },
};

/** What a new line shares with the distorted one that it replaces could be of either form. */
function replacesDistorted({ old, gone, rename }: RealEdit, distort: (line: string) => string): boolean {
  return rename === undefined && [...gone].some((index) => distort(old[index] ?? '') !== old[index]);
}

/** A line in which only a word was renamed is distorted as the line that it was; a new line is not. */
function asRenamed({ old, gone, rename }: RealEdit, distort: (line: string) => string) {
  return (line: string, index: number): string =>
    rename !== undefined && gone.has(index) ? rename(distort(old[index] ?? '')) : line;
}

/** Several edits of one file in one call: apply together, whatever their order. */
export const together: Readonly<Record<string, Perturbation>> = {
  'two edits in one call': (edit, random) => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const other = realEdit({ path: edit.path, lines: [...edit.lines] }, random);
      if (other === undefined || !apart(edit, other)) continue;
      const [first, second] = edit.from < other.from ? [edit, other] : [other, edit];
      const half = resultOf(second, second.new);
      const after = resultOf({ ...first, lines: half }, first.new);
      const edits = [edit, other].map((one) => replaceEdit(one.path, one.old, one.new));
      return {
        path: edit.path,
        before: bytesOf({ lines: edit.lines }),
        edits,
        expected: 'apply',
        after: bytesOf({ lines: after }),
      };
    }
    return undefined;
  },
};

function apart(left: RealEdit, right: RealEdit): boolean {
  return left.from + left.old.length < right.from || right.from + right.old.length < left.from;
}
