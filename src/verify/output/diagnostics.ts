import type { CheckFailure, OutputReader } from '../check-failure.ts';
import { relativeFile } from './relative-file.ts';

interface Pattern {
  expression: RegExp;
  /** Whether the message is on a line before the place, as in ruff's full output. */
  placeOnLaterLine?: true;
}

/** Named groups: file, code, message. Only errors: warnings fail no check. */
const PATTERNS: readonly Pattern[] = [
  // TypeScript, plain and pretty, and without a file.
  { expression: /^(?<file>\S.*?)\(\d+,\d+\): error (?<code>TS\d+): (?<message>.*)$/ },
  { expression: /^(?<file>\S.*?):\d+:\d+ - error (?<code>TS\d+): (?<message>.*)$/ },
  { expression: /^error (?<code>TS\d+): (?<message>.*)$/ },
  // mypy.
  { expression: /^(?<file>\S.*?\.pyi?):\d+(?::\d+)?: error: (?<message>.*?)(?:\s+\[(?<code>[\w-]+)\])?$/ },
  // pyright.
  { expression: /^\s+(?<file>\S.*?\.pyi?):\d+:\d+ - error: (?<message>.*?)(?:\s+\((?<code>report\w+)\))?$/ },
  // ruff (concise), flake8, pylint.
  { expression: /^(?<file>\S.*?\.pyi?):\d+:\d+: (?<code>[A-Z]+\d+):? (?:\[\*\] )?(?<message>.*)$/ },
  { expression: /^(?<code>[A-Z]+\d+) (?:\[\*\] )?(?<message>\S.*)$/, placeOnLaterLine: true },
  // The syntax check.
  { expression: /^(?<file>\S.*?\.pyi?): (?<code>SyntaxError): (?<message>.*)$/ },
];

/** Messages of compilers and linters that name file, rule and text on one line (or two). */
export const diagnosticsReader: OutputReader = {
  name: 'diagnostics',
  read: (lines, cwd) => {
    const failures: CheckFailure[] = [];
    let notBuilt = false;
    lines.forEach((line, index) => {
      for (const { expression, placeOnLaterLine } of PATTERNS) {
        const groups = expression.exec(line)?.groups;
        if (groups === undefined) continue;
        const file = placeOnLaterLine ? ruffPlace(lines[index + 1]) : groups.file;
        if (placeOnLaterLine && file === undefined) continue;
        notBuilt ||= groups.code === 'TS6305';
        failures.push(diagnostic(file, groups.code, groups.message ?? '', cwd));
        return;
      }
    });
    const incomplete = 'it needs its referenced projects to be built first (tsc -b)';
    return { failures, ...(notBuilt ? { incomplete } : {}) };
  },
};

function ruffPlace(line: string | undefined): string | undefined {
  return /^\s*--> (.*?):\d+:\d+$/.exec(line ?? '')?.[1];
}

/** ESLint's default output: the file on a line of its own, its messages indented below. */
export const eslintReader: OutputReader = {
  name: 'eslint',
  read: (lines, cwd) => {
    const failures: CheckFailure[] = [];
    let file: string | undefined;
    for (const line of lines) {
      if (/^\S.*\.\w+$/.test(line)) file = line;
      else if (line.trim() === '') file = undefined;
      const found = /^\s+\d+:\d+\s+error\s+(.*?)(?:\s{2,}(\S+))?$/.exec(line);
      if (found && file !== undefined) failures.push(diagnostic(file, found[2], found[1] ?? '', cwd));
    }
    return { failures };
  },
};

function diagnostic(file: string | undefined, code: string | undefined, message: string, cwd: string): CheckFailure {
  // mypy and others name other lines inside the message ("already defined on line 3").
  const stable = message.trim().replace(/\bline \d+/g, 'line N');
  const text = [code, stable].filter(Boolean).join(' ');
  if (file === undefined) return { id: text, kind: 'diagnostic' };
  const place = relativeFile(file, cwd);
  return { id: `${place}: ${text}`, kind: 'diagnostic', file: place };
}
