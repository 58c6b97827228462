import type { Expected } from './fuzz-case.ts';
import { distorted, type Perturbation } from './perturb-kept.ts';
import type { RealEdit } from './real-edit.ts';

const indentOf = (line: string) => /^[ \t]*/.exec(line)?.[0] ?? '';
const blank = (line: string) => line.trim() === '';

/** What all lines with content begin with. */
function shared(lines: readonly string[]): string {
  const indents = lines.filter((line) => !blank(line)).map(indentOf);
  let common = indents[0] ?? '';
  for (const indent of indents) while (!indent.startsWith(common)) common = common.slice(0, -1);
  return common;
}

/**
 * Whether a text that was moved as a whole has one meaning: several lines moved, so that it is not only the first that
 * lost its indentation; old and new text stand in one frame; and no string that spans lines is near.
 */
function movedMeaning(edit: RealEdit): Expected {
  const others = edit.old.slice(1).filter((line) => !blank(line));
  const framed = shared(edit.old) === shared(edit.new);
  const before = edit.lines.slice(0, edit.from).join('\n');
  const open = (delimiter: string) => before.split(delimiter).length % 2 === 0;
  const literal = ['"""', "'''", '`'].some(
    (mark) => [...edit.old, ...edit.new].join('\n').includes(mark) || open(mark),
  );
  const known = /\.(py|m?[jt]sx?|c[jt]s|mts|json|css)$/.test(edit.path);
  return others.length > 0 && framed && !literal && known ? 'apply' : 'either';
}

const FIRST_ONLY = (edit: RealEdit): boolean => edit.old.slice(1).every(blank);

/** Uniform and other changes of indentation. */
export const indentation: Readonly<Record<string, Perturbation>> = {
  'indentation lost': (edit) => {
    const common = shared([...edit.old, ...edit.new]);
    if (common === '') return undefined;
    const cut = (line: string) => (blank(line) ? line : line.slice(common.length));
    return { ...distorted(edit, { old: cut, new: cut }), expected: movedMeaning(edit) };
  },
  'indentation lost in part': (edit, random) => {
    const common = shared([...edit.old, ...edit.new]);
    if (common.length < 2) return undefined;
    const size = 1 + random.below(common.length - 1);
    const cut = (line: string) => (blank(line) ? line : line.slice(size));
    return { ...distorted(edit, { old: cut, new: cut }), expected: movedMeaning(edit) };
  },
  'indentation added': (edit, random) => {
    const all = [...edit.old, ...edit.new];
    const prefix = all.some((line) => line.startsWith('\t')) ? '\t' : random.pick(['  ', '    ', '        ']);
    const add = (line: string) => (blank(line) ? line : prefix + line);
    return { ...distorted(edit, { old: add, new: add }), expected: movedMeaning(edit) };
  },
  'tabs in the file, spaces in the edit': (edit, random) => {
    const unit = random.pick([2, 4]);
    const lines = [...edit.lines, ...edit.new];
    const fits = lines.every(
      (line) => /^ *$/.test(indentOf(line)) && (blank(line) || indentOf(line).length % unit === 0),
    );
    if (!fits || ![...edit.old].some((line) => !blank(line) && line.startsWith(' '))) return undefined;
    const file = (line: string) => (blank(line) ? line : '\t'.repeat(indentOf(line).length / unit) + line.trimStart());
    const { expected } = { expected: movedMeaning(edit) };
    return { ...distorted(edit, { file }), expected: FIRST_ONLY(edit) && edit.new.length > 1 ? 'either' : expected };
  },
  'spaces in the file, tabs in the edit': (edit, random) => {
    const unit = random.pick([2, 4]);
    const lines = [...edit.old, ...edit.new];
    const fits = lines.every(
      (line) => /^ *$/.test(indentOf(line)) && (blank(line) || indentOf(line).length % unit === 0),
    );
    if (!fits || ![...edit.old].some((line) => !blank(line) && line.startsWith(' '))) return undefined;
    const tab = (line: string) => (blank(line) ? line : '\t'.repeat(indentOf(line).length / unit) + line.trimStart());
    return {
      ...distorted(edit, { old: tab, new: tab }),
      expected: FIRST_ONLY(edit) && edit.new.length > 1 ? 'either' : movedMeaning(edit),
    };
  },
  'only the first line lost its indentation': (edit) => {
    const lost = indentOf(edit.old[0] ?? '');
    const first = edit.new[0] ?? '';
    if (lost === '' || indentOf(first) !== lost || blank(first)) return undefined;
    const cut = (line: string, index: number) => (index === 0 ? line.slice(lost.length) : line);
    const unmoved = !edit.new.some((line, index) => index > 0 && line.trim() === edit.old[0]?.trim());
    const clear = !FIRST_ONLY(edit) && unmoved && movedMeaning(edit) === 'apply';
    return { ...distorted(edit, { old: cut, new: cut }), expected: clear ? 'apply' : 'either' };
  },
  'only the old text lost its indentation': (edit) => {
    const common = shared(edit.old);
    if (common === '' || FIRST_ONLY(edit)) return undefined;
    const cut = (line: string) => (blank(line) ? line : line.slice(common.length));
    return { ...distorted(edit, { old: cut }), expected: 'either' };
  },
  'one line indented otherwise': (edit, random) => {
    const inner = edit.old.map((_, index) => index).filter((index) => index > 0 && !blank(edit.old[index] ?? ''));
    if (inner.length < 2) return undefined;
    const wrong = random.pick(inner);
    const place = [...edit.old.entries()].filter(([, line]) => line === edit.old[wrong]).length;
    if (place > 1) return undefined;
    const shift = (line: string) => (line === edit.old[wrong] ? `  ${line}` : line);
    return { ...distorted(edit, { old: shift, new: shift }), expected: 'refuse' };
  },
  'moved, with trailing blanks': (edit) => {
    const common = shared([...edit.old, ...edit.new]);
    if (common === '') return undefined;
    const cut = (line: string) => (blank(line) ? line : line.slice(common.length));
    const made = distorted(edit, {
      old: (line) => `${cut(line)}  `,
      new: (line, index) => cut(line) + (edit.written.has(index) ? '' : '  '),
    });
    return { ...made, expected: movedMeaning(edit) };
  },
};
