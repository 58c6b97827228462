import type { MergeCase } from './merge-case.ts';

/** How a language writes a list of members: what is around them, one member, and what is between two. */
interface Form {
  path: string;
  head: string;
  member: (name: string, value: number) => string;
  between: string;
  tail: string;
}

const forms: Form[] = [
  {
    path: 'a.ts',
    head: 'export class A {\n',
    member: (name, value) => `  /** ${name} */\n  ${name}(): number {\n    return ${value};\n  }\n`,
    between: '\n',
    tail: '}\n',
  },
  { path: 'b.ts', head: 'import { ', member: (name) => name, between: ', ', tail: " } from './b.ts';\n" },
  { path: 'c.tsx', head: 'type T = ', member: (name) => `'${name}'`, between: ' | ', tail: ';\n' },
  {
    path: 'd.js',
    head: "'use strict';\n\n",
    member: (name, value) => `function ${name}() {\n  return ${value};\n}\n`,
    between: '\n',
    tail: '',
  },
  {
    path: 'e.py',
    head: 'class A:\n',
    member: (name, value) => `    @mark\n    def ${name}(self):\n        return ${value}\n`,
    between: '\n',
    tail: '\n\nx = 1\n',
  },
  { path: 'f.py', head: 'from b import ', member: (name) => name, between: ', ', tail: '\n' },
  {
    path: 'g.json',
    head: '{\n  "a": {\n',
    member: (name, value) => `    "${name}": ${value}`,
    between: ',\n',
    tail: '\n  }\n}\n',
  },
  { path: 'h.json', head: '{', member: (name, value) => `"${name}":${value}`, between: ',', tail: '}' },
  {
    path: 'i.toml',
    head: '[a]\n',
    member: (name, value) => `${name} = ${value} # ${name}\n`,
    between: '',
    tail: '\n[z]\nz = 0\n',
  },
  {
    path: 'j.yaml',
    head: 'a:\n',
    member: (name, value) => `  ${name}:\n    - ${value}\n`,
    between: '',
    tail: 'z: 0\n',
  },
];

/**
 * Cases that lines cannot merge and whose right result is known: both sides append a member at one place, and, in
 * another case of each form, each side changes one of two neighbours or takes it out.
 */
export function generatedCases(): MergeCase[] {
  return forms.flatMap((form) => {
    const write = (members: [string, number][]) =>
      form.head + members.map(([name, value]) => form.member(name, value)).join(form.between) + form.tail;
    const old: [string, number][] = [
      ['aa', 1],
      ['bb', 1],
      ['cc', 1],
    ];
    const appended = {
      base: write(old),
      ours: write([...old, ['dd', 2]]),
      theirs: write([...old, ['ee', 3]]),
      right: write([...old, ['dd', 2], ['ee', 3]]),
    };
    const [first, second, third] = old as [[string, number], [string, number], [string, number]];
    const neighbours = {
      base: write(old),
      ours: write([first, third]),
      theirs: write([first, second, ['ce', 3], third]),
      right: write([first, ['ce', 3], third]),
    };
    return [
      { name: `${form.path}: both append`, path: form.path, ...appended },
      { name: `${form.path}: one takes out, the other adds`, path: form.path, ...neighbours },
    ];
  });
}
