import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FULL_GRANT, isPyAgentError, type PermissionGrant, type PermissionRequest, permission } from './index.ts';

const allowed = (grant: PermissionGrant, request: PermissionRequest) =>
  permission(grant).allows(request).kind === 'allowed';

test('an empty grant allows nothing, the full grant everything', () => {
  const requests: PermissionRequest[] = [
    { kind: 'read', path: 'a' },
    { kind: 'write', path: 'a/b' },
    { kind: 'host', host: 'example.com' },
    { kind: 'command', argv: ['ls', '-l'] },
  ];
  for (const request of requests) {
    assert.equal(allowed({}, request), false, request.kind);
    assert.equal(allowed(FULL_GRANT, request), true, request.kind);
  }
});

test('reading does not imply writing', () => {
  const grant = { read: ['**'], write: ['src/**'] };
  assert.equal(allowed(grant, { kind: 'read', path: 'docs/a.md' }), true);
  assert.equal(allowed(grant, { kind: 'write', path: 'docs/a.md' }), false);
  assert.equal(allowed(grant, { kind: 'write', path: 'src/a.ts' }), true);
});

test('a path that could mean another place is never allowed', () => {
  for (const path of ['', '/etc/passwd', '../a', 'a/../../b', './a', 'a//b', 'C:/a', 'a\\..\\b', 'a\0b']) {
    for (const kind of ['read', 'write'] as const) assert.equal(allowed(FULL_GRANT, { kind, path }), false, path);
  }
});

test('hosts are matched whole, with subdomains and ports only where the pattern has them', () => {
  for (const [pattern, host, port, expected] of [
    ['example.com', 'example.com', 443, true],
    ['example.com', 'EXAMPLE.com', undefined, true],
    ['example.com', 'evil-example.com', undefined, false],
    ['example.com', 'a.example.com', undefined, false],
    ['*.example.com', 'a.b.example.com', undefined, true],
    ['*.example.com', 'example.com', undefined, false],
    ['*.example.com', 'evilexample.com', undefined, false],
    ['localhost:8080', 'localhost', 8080, true],
    ['localhost:8080', 'localhost', 8081, false],
    ['localhost:8080', 'localhost', undefined, false],
    ['*:443', 'any.where', 443, true],
    ['[::1]', '[::1]', 80, true],
  ] as const) {
    const request = { kind: 'host' as const, host, ...(port === undefined ? {} : { port }) };
    assert.equal(allowed({ hosts: [pattern] }, request), expected, `${pattern} against ${host}:${port}`);
  }
});

test('commands are matched word by word; nothing is read into a word', () => {
  for (const [pattern, argv, expected] of [
    ['npm test', ['npm', 'test'], true],
    ['npm test', ['npm', 'test', '--', 'x'], false],
    ['npm test', ['npm test'], false],
    ['npm *', ['npm', 'ci'], true],
    ['npm *', ['npm'], false],
    ['npm *', ['npm', 'run', 'x'], false],
    ['tsc **', ['tsc'], true],
    ['tsc **', ['tsc', '-p', '.'], true],
    ['tsc **', ['tsc;', 'rm'], false],
    ['**', ['anything', 'at', 'all'], true],
    ['**', [], false],
  ] as const) {
    assert.equal(allowed({ commands: [pattern] }, { kind: 'command', argv }), expected, `${pattern} against ${argv}`);
  }
});

test('a denial says what was wanted, what is allowed, and which layer denied it', () => {
  const layered = permission(FULL_GRANT).narrow({ read: ['**'], write: ['src/**'] });
  const verdict = layered.allows({ kind: 'write', path: 'package.json' });
  assert.deepEqual(verdict, {
    kind: 'denied',
    by: 1,
    message: 'not permitted to write package.json; allowed: src/**',
  });
});

test('a pattern that is none is refused when the permission is made, and when it is narrowed', () => {
  for (const grant of [
    { read: ['/abs'] },
    { write: ['a/../b'] },
    { hosts: ['http://example.com'] },
    { hosts: ['ex ample'] },
    { commands: ['npm  test'] },
    { commands: ['** npm'] },
    { commands: [''] },
  ]) {
    const refused = (error: unknown) => isPyAgentError(error, 'kernel/permission-invalid');
    assert.throws(() => permission(grant), refused, JSON.stringify(grant));
    assert.throws(() => permission(FULL_GRANT).narrow(grant), refused, JSON.stringify(grant));
  }
});

test('changing a grant afterwards changes nothing', () => {
  const read = ['src/**'];
  const made = permission({ read });
  read.push('**');
  assert.equal(made.allows({ kind: 'read', path: 'secret' }).kind, 'denied');
});

const pattern = fc.constantFrom('**', 'src/**', 'src/*.ts', '*.md', '{src,docs}/**', 'src/a.ts');
const path = fc.constantFrom('src/a.ts', 'src/b/c.ts', 'README.md', 'docs/x.md', 'package.json');
const grants = fc.record({ read: fc.array(pattern, { maxLength: 3 }), write: fc.array(pattern, { maxLength: 3 }) });

test('narrowing only ever shrinks, and is exactly the consent of every layer', () => {
  fc.assert(
    fc.property(
      fc.array(grants, { minLength: 1, maxLength: 4 }),
      path,
      fc.constantFrom('read', 'write'),
      (list, at, kind) => {
        const request = { kind, path: at } as const;
        const [first = {}, ...rest] = list;
        let layered = permission(first);
        for (const grant of rest) {
          const before = layered.allows(request).kind;
          layered = layered.narrow(grant);
          if (before === 'denied') assert.equal(layered.allows(request).kind, 'denied');
        }
        const every = list.every((grant) => allowed(grant, request));
        assert.equal(layered.allows(request).kind === 'allowed', every);
      },
    ),
  );
});
