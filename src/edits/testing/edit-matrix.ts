/** One edit that a model sends, and what must become of the file: its text, or a refusal. */
export interface MatrixCase {
  name: string;
  path: string;
  file: string;
  old: string;
  new: string;
  /** The right results; empty when only a refusal is right. */
  right: readonly string[];
  /** Whether a refusal is right. */
  mayRefuse: boolean;
}

const METHOD = 'class Shop:\n    def total(self):\n        if self.items:\n            return 1\n        return 0\n';

/** Twenty edits with the distortions that models make most. */
export const editMatrix: readonly MatrixCase[] = [
  apply(
    'exact',
    'a.ts',
    'const a = 1;\nconst b = 2;\n',
    'const b = 2;',
    'const b = 3;',
    'const a = 1;\nconst b = 3;\n',
  ),
  apply(
    'trailing blank in the file',
    'a.ts',
    'f(1);  \ng(2);\n',
    'f(1);\ng(2);\n',
    'f(1);\ng(3);\n',
    'f(1);  \ng(3);\n',
  ),
  apply(
    'CRLF is kept',
    'a.ts',
    'f(1);\r\ng(2);\r\n',
    'f(1);\ng(2);\n',
    'f(1);\nh();\ng(3);\n',
    'f(1);\r\nh();\r\ng(3);\r\n',
  ),
  apply(
    'byte order mark is kept',
    'a.ts',
    '\uFEFFf(1);\ng(2);\n',
    'f(1);\ng(2);',
    'f(9);\ng(2);',
    '\uFEFFf(9);\ng(2);\n',
  ),
  apply('no line break at the end', 'a.ts', 'f(1);\ng(2);', 'g(2);', 'g(3);', 'f(1);\ng(3);'),
  apply('$& and $1 are literal', 'a.ts', 'f(x);\n', 'f(x);', "f('$& $1 $$');", "f('$& $1 $$');\n"),
  refuse('ambiguous', 'a.ts', 'f();\ng();\nf();\n', 'f();', 'h();'),
  refuse('absent', 'a.ts', 'f();\ng();\n', 'nothing of the kind();', 'h();'),
  refuse('empty old text', 'a.ts', 'f();\n', '', 'h();'),
  refuse('no-op', 'a.ts', 'f();\n', 'f();', 'f();'),
  refuse('a blank line differs', 'a.ts', 'f();\n\ng();\n', 'f();\ng();\n', 'f();\nh();\n'),
  refuse('same first and last line, other middle', 'a.ts', 'a {\n  f();\n}\n', 'a {\n  g();\n}\n', 'a {\n  h();\n}\n'),
  either(
    'typographic quotes',
    'a.ts',
    "say('it');\nf();\n",
    'say(‘it’);\nf();\n',
    'say(‘it’);\ng();\n',
    "say('it');\ng();\n",
  ),
  either(
    'NFC and NFD',
    'a.ts',
    'cafe\u0301();\nf();\n',
    'caf\u00E9();\nf();\n',
    'caf\u00E9();\ng();\n',
    'cafe\u0301();\ng();\n',
  ),
  apply(
    'indentation lost',
    'a.ts',
    'class A {\n    f() {\n        return 1;\n    }\n}\n',
    'f() {\n    return 1;\n}\n',
    'f() {\n    return 2;\n}\n',
    'class A {\n    f() {\n        return 2;\n    }\n}\n',
  ),
  apply(
    'indentation lost, Python',
    'a.py',
    METHOD,
    'def total(self):\n    if self.items:\n        return 1\n    return 0\n',
    'def total(self):\n    if not self.items:\n        return 0\n    return 1\n',
    'class Shop:\n    def total(self):\n        if not self.items:\n            return 0\n        return 1\n',
  ),
  apply(
    'spaces for tabs',
    'a.go',
    'func f() {\n\tif x {\n\t\tg()\n\t}\n}\n',
    '    if x {\n        g()\n    }\n',
    '    if y {\n        g()\n        h()\n    }\n',
    'func f() {\n\tif y {\n\t\tg()\n\t\th()\n\t}\n}\n',
  ),
  refuse('escaped once too often', 'a.ts', 'f();\ng();\n', 'f();\\ng();', 'f();\\nh();'),
  refuse(
    'one operator differs',
    'a.ts',
    'const a = b + 1;\nf();\n',
    'const a = b - 1;\nf();\n',
    'const a = b - 2;\nf();\n',
  ),
  refuse('unique only after trimming', 'a.ts', 'a {\n  f();\n}\nb {\n    f();\n}\n', '\n  f() ;\n', '\n  g();\n'),
];

function apply(name: string, path: string, file: string, old: string, wanted: string, result: string): MatrixCase {
  return { name, path, file, old, new: wanted, right: [result], mayRefuse: false };
}

function refuse(name: string, path: string, file: string, old: string, wanted: string): MatrixCase {
  return { name, path, file, old, new: wanted, right: [], mayRefuse: true };
}

function either(name: string, path: string, file: string, old: string, wanted: string, result: string): MatrixCase {
  return { name, path, file, old, new: wanted, right: [result], mayRefuse: true };
}
