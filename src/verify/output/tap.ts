import type { CheckFailure, OutputReader } from '../check-failure.ts';
import { relativeFile } from './relative-file.ts';

/** The Test Anything Protocol, as Node's runner (nested), tap, tape, ava and vitest write it. */
export const tapReader: OutputReader = {
  name: 'tap',
  read: (lines, cwd) => {
    if (!lines.some((line) => /^\s*TAP version \d+$/.test(line))) return { failures: [] };
    const failures: CheckFailure[] = [];
    const path: string[] = [];
    let passed = 0;
    let count: number | undefined;
    let bailed = false;
    lines.forEach((line, index) => {
      const depth = Math.floor((line.length - line.trimStart().length) / 4);
      const subtest = /^\s*# Subtest: (.*)$/.exec(line);
      if (subtest) path.splice(depth, path.length, unescaped(subtest[1] ?? ''));
      const point = /^\s*(not )?ok\b\s*\d*\s*(?:- )?(.*)$/.exec(line);
      if (point) {
        const name = unescaped(withoutDirective(point[2] ?? ''));
        if (point[1] === undefined && !/# skip\b/i.test(line)) passed += 1;
        const failure = point[1] && failureAt(lines, index, [...path.slice(0, depth), name], cwd);
        if (failure) failures.push(failure);
      }
      const total = /^# pass\s+(\d+)$/.exec(line);
      if (total) count = (count ?? 0) + Number(total[1]);
      bailed ||= /^\s*Bail out!/.test(line);
    });
    return { failures, passed: count ?? passed, ...(bailed ? { incomplete: 'the test run bailed out' } : {}) };
  },
};

function failureAt(lines: readonly string[], index: number, path: string[], cwd: string): CheckFailure | undefined {
  const line = lines[index] ?? '';
  if (/[^\\]# (todo|skip)\b/i.test(line)) return undefined;
  const details = detailsAfter(lines, index);
  // A parent fails because its child did; the child is the failure.
  if (details.includes("failureType: 'subtestsFailed'")) return undefined;
  const location = /^\s*(?:location|at): ['"](.+?):\d+:\d+['"]$/m.exec(details)?.[1];
  const name = path.map((part) => relativeFile(part, cwd)).join(' > ');
  if (location === undefined) return { id: name, kind: 'test' };
  const file = relativeFile(location, cwd);
  return { id: name.startsWith(file) ? name : `${file} > ${name}`, kind: 'test', file };
}

function detailsAfter(lines: readonly string[], index: number): string {
  if (lines[index + 1]?.trim() !== '---') return '';
  const end = lines.findIndex((line, at) => at > index && line.trim() === '...');
  return lines.slice(index + 1, end < 0 ? undefined : end).join('\n');
}

function withoutDirective(name: string): string {
  return name.replace(/\s(?:#\s*(?:time=|skip|todo).*)$/i, '').trim();
}

function unescaped(name: string): string {
  return name.replace(/\\([#\\])/g, '$1');
}
