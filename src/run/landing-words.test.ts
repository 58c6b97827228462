import assert from 'node:assert/strict';
import { test } from 'node:test';
import { landingWords } from './landing-words.ts';
import type { CheckReport } from './run-report.ts';

const passed: CheckReport = {
  name: 'test',
  command: 'npm test',
  before: 'passed',
  after: 'passed',
  newFailures: [],
  notes: [],
  durationMs: 1,
};
const run = { run: 'run_1', task: 'Tidy imports', checks: [passed] };

test('a commit says what was asked, each edit, what checked it, and which run made it', () => {
  const changes = [
    { path: 'a.ts', titles: ['remove x', 'remove y'] },
    { path: 'b.ts', titles: [] },
  ];
  assert.deepEqual(landingWords({ ...run, changes }), {
    title: 'Tidy imports',
    description:
      '- a.ts: remove x\n- a.ts: remove y\n- b.ts\n\nChecked in the working tree: passed test.\nRun: run_1\n',
  });
});

test('what nothing checked says so, and a red check is not called passed', () => {
  const unverified = landingWords({ ...run, changes: [], unverified: 'no tests' }).description;
  assert.match(unverified, /^\nNot checked: no tests\.$/m);
  const red: CheckReport = { ...passed, after: 'failed' };
  assert.match(
    landingWords({ ...run, changes: [], checks: [red] }).description,
    /Checked in the working tree: no new failure\./,
  );
});

test('a long task and many edits are cut', () => {
  const titles = Array.from({ length: 203 }, (_, index) => `edit ${index}`);
  const words = landingWords({ ...run, task: `${'ü'.repeat(80)}\nmore`, changes: [{ path: 'a.ts', titles }] });
  assert.equal(words.title, `${'ü'.repeat(71)}…`);
  assert.match(words.description, /edit 199\n- and 3 more edits\n/);
});
