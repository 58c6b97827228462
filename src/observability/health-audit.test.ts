import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthAudit } from './health-audit.ts';

test('a probe that throws is a failed part, and the parts after it are still asked', async () => {
  const report = await healthAudit([
    { name: 'store', look: () => Promise.reject(new Error('no such file')) },
    { name: 'disk', look: async () => ({ status: 'ok', detail: '3 GB free' }) },
  ]);
  assert.deepEqual(report, {
    checks: [
      { name: 'store', status: 'failed', detail: 'no such file' },
      { name: 'disk', status: 'ok', detail: '3 GB free' },
    ],
    exitCode: 1,
  });
});

test('a warning does not fail the audit', async () => {
  const report = await healthAudit([{ name: 'sandbox', look: async () => ({ status: 'warning', detail: 'none' }) }]);
  assert.equal(report.exitCode, 0);
});
