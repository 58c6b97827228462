import type { CheckFailure, OutputReader } from '../check-failure.ts';
import { relativeFile } from './relative-file.ts';

/** Durations differ from run to run and are no part of a name. */
const DURATION = /\s+[([]?\d+(?:\.\d+)?\s?m?s[)\]]?$/;

/** Node's runner, `spec` output: the list of failing tests at its end names the place of each. */
export const nodeSpecReader: OutputReader = {
  name: 'node --test',
  read: (lines, cwd) => {
    const failures: CheckFailure[] = [];
    lines.forEach((line, index) => {
      const place = /^\s*test at (.+?):\d+:\d+$/.exec(line)?.[1];
      const name = /^\s*✖ (.*)$/.exec(lines[index + 1] ?? '')?.[1];
      if (place === undefined || name === undefined) return;
      failures.push(inFile(relativeFile(place, cwd), name.replace(DURATION, '')));
    });
    return { failures, ...passedIn(lines, /^ℹ pass (\d+)$/) };
  },
};

/** Jest: `FAIL file`, then one `●` heading for each failed test. */
export const jestReader: OutputReader = {
  name: 'jest',
  read: (lines, cwd) => {
    const failures: CheckFailure[] = [];
    let file: string | undefined;
    for (const line of lines) {
      const heading = /^(FAIL|PASS) (\S.*)$/.exec(line);
      if (heading)
        file = heading[1] === 'FAIL' ? relativeFile((heading[2] ?? '').replace(DURATION, ''), cwd) : undefined;
      const name = /^ {2}● (.+)$/.exec(line)?.[1];
      if (name !== undefined && file !== undefined && name !== 'Console') failures.push(inFile(file, name));
    }
    return { failures, ...passedIn(lines, /^Tests: .*?(\d+) passed/) };
  },
};

/** Vitest: one ` FAIL ` line for each failed test or file. */
export const vitestReader: OutputReader = {
  name: 'vitest',
  read: (lines, cwd) => {
    const failures: CheckFailure[] = [];
    for (const line of lines) {
      const name = /^\s*FAIL {2}(\S.*)$/.exec(line)?.[1]?.replace(/ \[ .* \]$/, '');
      if (name === undefined) continue;
      const [file = '', ...rest] = name.replace(/^\|.*?\|\s*/, '').split(' > ');
      failures.push(inFile(relativeFile(file, cwd), rest.join(' > ')));
    }
    return { failures, ...passedIn(lines, /^\s*Tests {2}.*?(\d+) passed/) };
  },
};

/** Mocha: after `N failing`, a numbered tree whose last line ends with a colon. */
export const mochaReader: OutputReader = {
  name: 'mocha',
  read: (lines) => {
    const failures: CheckFailure[] = [];
    const start = lines.findIndex((line) => /^\s+\d+ failing$/.test(line));
    for (let index = start + 1; start >= 0 && index < lines.length; index += 1) {
      const first = /^ {2}\d+\) (.*)$/.exec(lines[index] ?? '')?.[1];
      if (first === undefined) continue;
      const path = [first.trim()];
      while (!path.at(-1)?.endsWith(':') && /^ {7,}\S/.test(lines[index + 1] ?? '')) {
        index += 1;
        path.push((lines[index] ?? '').trim());
      }
      failures.push({ id: path.join(' > ').replace(/:$/, ''), kind: 'test' });
    }
    return { failures, ...passedIn(lines, /^\s+(\d+) passing\b/) };
  },
};

/** AVA and Bun: one marked line for each failed test. */
export const markedLineReader: OutputReader = {
  name: 'ava, bun',
  read: (lines) => {
    const failures: CheckFailure[] = [];
    for (const line of lines) {
      const name = /^\s*(?:[✘✖×] \[fail\]:|\(fail\)) (.+)$/.exec(line)?.[1];
      if (name !== undefined) failures.push({ id: name.replace(DURATION, '').trim(), kind: 'test' });
    }
    return { failures, ...passedIn(lines, /^\s*(\d+) (?:tests? passed|pass)$/) };
  },
};

function inFile(file: string, name: string): CheckFailure {
  return { id: name === '' || name === file ? file : `${file} > ${name}`, kind: 'test', file };
}

/** The sum over all runs in the output: a monorepo's script prints one count for each package. */
function passedIn(lines: readonly string[], expression: RegExp): { passed?: number } {
  const counts = lines.flatMap((line) => expression.exec(line)?.[1] ?? []);
  return counts.length === 0 ? {} : { passed: counts.reduce((sum, count) => sum + Number(count), 0) };
}
