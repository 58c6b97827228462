import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Component, ImportFinding } from '../../../code/index.ts';
import type { Findings, RunReport } from '../../../run/index.ts';
import { paint } from '../view/paint.ts';
import { symbols } from '../view/symbols.ts';
import { renderReport } from './run-report.ts';

const style = { paint: paint(false), symbols: symbols({}, 'linux'), limit: 3 };

const nothingFound: Findings = {
  totals: { javascriptFiles: 12, pythonFiles: 0, lines: 900, cachedFiles: 0, edges: 20 },
  imports: [],
  dependencies: [],
  cycles: [],
  deadFiles: [],
  deadExports: [],
  skipped: [],
  notes: [],
};

const report = (more: Partial<RunReport> = {}): RunReport => ({
  v: 1,
  run: 'run_1',
  task: 'tidy',
  root: '/repo',
  priority: 'NORMAL',
  outcome: 'done',
  exitCode: 0,
  message: 'The words of the run.',
  startedAt: 0,
  durationMs: 4200,
  changes: [],
  rejected: [],
  findings: nothingFound,
  checks: [],
  cost: { tokens: 0, money: 0 },
  conflicts: [],
  undoable: true,
  ...more,
});

const unused = (
  path: string,
  line: number,
  name: string,
  action: ImportFinding['action'] = 'remove',
): ImportFinding => ({
  language: 'javascript',
  path,
  line,
  column: 1,
  specifier: './lib',
  name,
  kind: 'unused',
  action,
  reason: 'the target cannot be known',
});

test('a verified run says what changed and where, what checked it, what it cost and how to undo it', () => {
  const lines = renderReport(
    report({
      findings: { ...nothingFound, imports: [unused('src/a.ts', 3, 'x'), unused('src/a.ts', 4, 'y')] },
      changes: [
        {
          path: 'src/a.ts',
          titles: ['remove unused import of "x" from "./lib"', 'remove unused import of "y" from "./lib"'],
        },
      ],
      checks: [
        {
          name: 'typecheck',
          command: 'tsc',
          before: 'passed',
          after: 'passed',
          newFailures: [],
          notes: [],
          durationMs: 1500,
        },
      ],
    }),
    style,
  );
  assert.deepEqual(lines, [
    '✓ Done: 1 file changed, verified by typecheck.',
    '',
    'Changed: 1 file: remove unused import (2)',
    '  src/a.ts:3  remove unused import of "x" from "./lib"',
    '  src/a.ts:4  remove unused import of "y" from "./lib"',
    '',
    'Checks',
    '  typecheck (tsc): before: passed → after: passed, 1.5 s',
    '',
    '12 files analysed, took 4.2 s, no model used, no cost',
    'Undo: pyagent undo run_1',
  ]);
});

test('a check that was red and stays red is not said to have verified anything', () => {
  const check = { command: 'x', newFailures: [], notes: [], durationMs: 0 };
  const red = { ...check, name: 'test', before: 'failed', after: 'failed' };
  const green = { ...check, name: 'typecheck', before: 'passed', after: 'passed' };
  const first = (checks: RunReport['checks']) => renderReport(report({ checks }), style)[0];
  assert.equal(first([red]), '✓ Done: 0 files changed, no new failure in test (red before too).');
  assert.match(first([green, red]) ?? '', /verified by typecheck; no new failure in test \(red before too\)\.$/);
  assert.match(first([green, { ...red, inconclusive: true }]) ?? '', /verified by typecheck\.$/);
});

test('an unverified run says so plainly, in the first line and among the checks', () => {
  const changes = [{ path: 'a.py', titles: ['remove unused import of "os"'] }];
  const text = renderReport(report({ outcome: 'unverified', unverified: 'no checks were found', changes }), style).join(
    '\n',
  );
  assert.match(text, /^! Done, unverified: 1 file changed, and nothing has checked them\.\n/);
  assert.match(text, /unverified: no checks were found/);
});

test('lists are bounded and say how to see the rest', () => {
  const imports = Array.from({ length: 9 }, (_, index) => unused('a.ts', index + 1, `n${index}`, 'leave'));
  const text = renderReport(report({ findings: { ...nothingFound, imports } }), style).join('\n');
  assert.match(text, /Left as they are: 9 unused imports; --unsafe/);
  assert.match(text, /… and 6 more \(pyagent show run_1\)/);
  const whole = renderReport(report({ findings: { ...nothingFound, imports } }), { ...style, limit: Infinity }).join(
    '\n',
  );
  assert.match(whole, /a\.ts:9 {2}n8 from "\.\/lib": the target cannot be known/);
  assert.doesNotMatch(whole, /more \(pyagent show/);
});

test('a cycle shows its size, a walk around it and what opens it', () => {
  const edge = (from: string, to: string, line: number) => ({
    from,
    to,
    line,
    kind: 'value' as const,
    specifier: `./${to}`,
  });
  const component: Component = {
    language: 'javascript',
    kind: 'value',
    members: ['a.ts', 'b.ts'],
    witness: [edge('a.ts', 'b.ts', 1), edge('b.ts', 'a.ts', 2)],
    cut: [edge('b.ts', 'a.ts', 2)],
    cutIsMinimum: true,
  };
  const text = renderReport(report({ findings: { ...nothingFound, cycles: [component] } }), style).join('\n');
  assert.match(text, /2 modules: a\.ts → b\.ts → a\.ts; smallest cut: b\.ts:2 \(import of a\.ts\)/);
});

test('dependencies hint at --apply-deps only when it would write something that is not written yet', () => {
  const dependency = {
    language: 'javascript' as const,
    path: 'package.json',
    line: 7,
    column: 5,
    name: 'left-pad',
    kind: 'unused' as const,
    section: 'dependencies',
    action: 'remove' as const,
    reason: 'nothing imports it',
    uses: [],
  };
  const findings = { ...nothingFound, dependencies: [dependency] };
  const before = renderReport(report({ findings }), style).join('\n');
  assert.match(before, /Dependencies: 1 to look at; --apply-deps/);
  assert.match(before, /package\.json:7 {2}left-pad \(dependencies\): unused; nothing imports it/);
  const changes = [{ path: 'package.json', titles: ['remove dependency "left-pad"'] }];
  assert.doesNotMatch(renderReport(report({ findings, changes }), style).join('\n'), /--apply-deps/);
  const told = { ...nothingFound, dependencies: [{ ...dependency, action: 'report' as const }] };
  assert.doesNotMatch(renderReport(report({ findings: told }), style).join('\n'), /--apply-deps/);
});

test('what was taken back is named with its reason, and new failures with their check', () => {
  const text = renderReport(
    report({
      outcome: 'partly',
      exitCode: 7,
      changes: [{ path: 'a.ts', titles: ['remove unused import of "x"'] }],
      rejected: [{ path: 'b.ts', titles: ['remove unused import of "y"'], reason: 'test: adds' }],
      checks: [
        {
          name: 'test',
          command: 'npm test',
          before: 'passed',
          after: 'failed',
          newFailures: ['adds'],
          notes: [],
          durationMs: 0,
        },
      ],
    }),
    style,
  ).join('\n');
  assert.match(text, /^! Done in part: 1 file changed, 1 change taken back\./);
  assert.match(text, /b\.ts {2}remove unused import of "y" \(test: adds\)/);
  assert.match(text, /new failure: adds/);
});

test('an empty repository has nothing to analyse, a tidy one nothing to change', () => {
  const outcome = 'nothing-to-do';
  const first = (findings: Findings) => renderReport(report({ outcome, findings, undoable: false }), style)[0];
  assert.equal(first(nothingFound), '✓ Nothing to change: 12 files analysed.');
  const empty = { ...nothingFound, totals: { ...nothingFound.totals, javascriptFiles: 0 } };
  assert.match(first(empty) ?? '', /^✓ Nothing to analyse: no JavaScript, TypeScript or Python files in \/repo\.$/);
});

test('no outcome without a change offers an undo, and each failure gives the run’s own words', () => {
  for (const outcome of ['failed', 'needs-model', 'refused', 'conflict', 'timed-out', 'busy', 'interrupted'] as const) {
    const text = renderReport(report({ outcome, undoable: false }), style).join('\n');
    assert.match(text, /^✗ .*The words of the run\.\n/, outcome);
    assert.doesNotMatch(text, /Undo/);
  }
});

test('names from the repository cannot move the cursor', () => {
  const path = 'a\u001b[2J.ts';
  const findings = { ...nothingFound, skipped: [{ path, reason: 'syntax-error', detail: 'line\u0007 1' }] };
  const text = renderReport(report({ findings, changes: [{ path, titles: [] }] }), style).join('\n');
  assert.ok(!text.includes('\u001b') && !text.includes('\u0007'), JSON.stringify(text));
});

test('edits of the same title each show their own line, and none that of an import that was left', () => {
  const title = 'remove unused import of "x" from "./lib"';
  const imports = [unused('a.py', 2, 'x', 'leave'), unused('a.py', 5, 'x'), unused('a.py', 9, 'x')];
  const lines = renderReport(
    report({ findings: { ...nothingFound, imports }, changes: [{ path: 'a.py', titles: [title, title] }] }),
    style,
  );
  assert.deepEqual(
    lines.filter((line) => line.includes('a.py:') && line.includes(title)).map((line) => line.trim().split(' ')[0]),
    ['a.py:5', 'a.py:9'],
  );
});

test('a run that landed outside of the tree says where, what is missing there, and how to use it', () => {
  const landing = {
    as: { kind: 'branch', branch: 'pyagent/run_1', commit: 'c0ffee' },
    leftOut: [{ path: 'build/x.js', reason: 'git ignores it' }],
    merged: ['src/b.ts'],
    uncommitted: ['src/c.ts'],
    use: 'git -C /repo merge pyagent/run_1',
    discard: 'git -C /repo branch -D pyagent/run_1',
  } as const;
  const changes = [{ path: 'src/a.ts', titles: ['remove unused import of "x" from "./lib"'] }];
  const text = renderReport(report({ changes, landing, undoable: false }), style).join('\n');
  assert.match(text, /^✓ Done: 1 file changed on a branch, verified\.\n/);
  assert.match(text, /Not part of it, and taken back\n {2}build\/x\.js {2}git ignores it/);
  assert.match(text, /without your uncommitted edits\n {2}src\/b\.ts/);
  assert.match(text, /while it was checked: your uncommitted edits\n {2}src\/c\.ts/);
  assert.match(
    text,
    /Landed as the branch pyagent\/run_1; the working tree is as it was\n {2}use it: +git -C \/repo merge pyagent\/run_1\n/,
  );
  assert.doesNotMatch(text, /Undo/);
});
