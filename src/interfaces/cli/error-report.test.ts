import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PyAgentError } from '../../kernel/index.ts';
import { errorReport } from './error-report.ts';

test('the end of an error’s code decides the exit code', () => {
  const codeOf = (code: `${string}/${string}`) => errorReport(new PyAgentError({ code, message: 'm' })).exitCode;
  assert.equal(codeOf('cli/usage'), 2);
  assert.equal(codeOf('state/busy'), 9);
  assert.equal(codeOf('state/workspace-busy'), 9);
  assert.equal(codeOf('state/conflict'), 5);
  assert.equal(codeOf('state/unknown-run'), 2);
  assert.equal(codeOf('agent/manifest-invalid'), 2);
  assert.equal(codeOf('store/corrupt'), 1);
});

test('the system’s own errors come with the path and what to do, without a stack', () => {
  const full = Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC', path: '/state/journal' });
  const report = errorReport(full);
  assert.equal(report.exitCode, 1);
  assert.deepEqual(report.lines, ['/state/journal: The disk is full. Free some space and try again.']);
});

test('an unforeseen error shows its stack, and a terminal cannot be moved by any message', () => {
  const report = errorReport(new Error('boom\u001b[2J'));
  assert.equal(report.exitCode, 1);
  assert.match(report.lines[0] ?? '', /^Unexpected error: boom\\u001b\[2J/);
  assert.ok(report.lines.some((line) => line.includes('error-report.test.ts')));
});
