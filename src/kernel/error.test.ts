import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPyAgentError, PyAgentError } from './index.ts';

test('an error carries code, message, details and cause', () => {
  const cause = new Error('disk full');
  const error = new PyAgentError({ code: 'store/full', message: 'no space', details: { path: 'a' }, cause });
  assert.deepEqual(
    [error.code, error.message, error.details, error.cause, error.name],
    ['store/full', 'no space', { path: 'a' }, cause, 'PyAgentError'],
  );
});

test('an error without cause has no cause key, and no details is an empty object', () => {
  const error = new PyAgentError({ code: 'a/b', message: 'm' });
  assert.equal('cause' in error, false);
  assert.deepEqual(error.details, {});
});

test('errors are recognised by class and code, never by text', () => {
  const error = new PyAgentError({ code: 'a/b', message: 'm' });
  assert.equal(isPyAgentError(error), true);
  assert.equal(isPyAgentError(error, 'a/b'), true);
  assert.equal(isPyAgentError(error, 'a/c'), false);
  assert.equal(isPyAgentError({ code: 'a/b', message: 'm', details: {} }), false);
});
