import type { CheckFailure, OutputReader } from '../check-failure.ts';

/** pytest's short summary: `FAILED file::test - message`, `ERROR file`. */
export const pytestReader: OutputReader = {
  name: 'pytest',
  read: (lines) => {
    const failures: CheckFailure[] = [];
    let interrupted = false;
    let passed: number | undefined;
    for (const line of lines) {
      const found = /^(FAILED|ERROR|SUBFAIL(?:ED)?(?:\(.*?\)|\[.*?\])?|\[.*?\] SUBFAIL) (\S.*)$/.exec(line);
      if (found?.[1] !== undefined && found[2] !== undefined && isNodeId(found[2])) {
        failures.push(failure(found[1], found[2]));
      }
      interrupted ||= /^!+ (Interrupted|stopping after|_pytest\.outcomes\.Exit)/.test(line);
      const count = /^(?:=+ )?(?:.*, )?(\d+) passed\b.* in [\d.]+s/.exec(line);
      if (count) passed = (passed ?? 0) + Number(count[1]);
    }
    return {
      failures,
      ...(passed === undefined ? {} : { passed }),
      ...(interrupted ? { incomplete: 'pytest stopped before it had run all tests' } : {}),
    };
  },
};

function isNodeId(text: string): boolean {
  return /^\S+\.(py|pyx|txt|rst|md|ipynb)\b/.test(text) || text.includes('::');
}

function failure(word: string, rest: string): CheckFailure {
  // A parameter may itself hold " - ", so a bracket is closed before the message is cut off.
  const id = (/^[^[]*?\[.*?\](?= - |$)/.exec(rest)?.[0] ?? rest.split(' - ')[0] ?? rest).trim();
  const subtest = /\((.*)\)|\[(.*)\]/.exec(word);
  const file = id.split('::')[0] ?? id;
  return { id: subtest ? `${id} (${subtest[1] ?? subtest[2]})` : id, kind: 'test', file };
}

/** unittest: a ruler, then `FAIL: test_x (module.Class.test_x)`. */
export const unittestReader: OutputReader = {
  name: 'unittest',
  read: (lines) => {
    const failures: CheckFailure[] = [];
    let ran: number | undefined;
    let others = 0;
    lines.forEach((line, index) => {
      const found = /^(?:FAIL|ERROR|UNEXPECTED SUCCESS): (\S.*)$/.exec(line);
      if (found && /^={70}$/.test(lines[index - 1] ?? '')) failures.push({ id: found[1] as string, kind: 'test' });
      const count = /^Ran (\d+) tests? in /.exec(line);
      if (count) ran = (ran ?? 0) + Number(count[1]);
      const verdict = /^(?:FAILED|OK) \((.*)\)$/.exec(line)?.[1];
      for (const part of verdict?.matchAll(/(?:failures|errors|skipped)=(\d+)/g) ?? []) others += Number(part[1]);
    });
    return { failures, ...(ran === undefined ? {} : { passed: Math.max(0, ran - others) }) };
  },
};
