import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPyAgentError } from '../kernel/index.ts';
import { REDACTION_KINDS, redactionSession, redactor } from './index.ts';

const token = ['gh', 'p_', 'aB3dE5gH7jK9mN1pQ2sT4vW6xY8zaB3dE5gH'].join('');

test('what is private is replaced, positions are those of the string', () => {
  const { text, findings } = redactor().redact(`ä😀 mail ada@example.org, ${token}`);
  assert.equal(text, 'ä😀 mail [REDACTED:email], [REDACTED:token]');
  const [email] = findings;
  assert.deepEqual([email?.start, email?.end, email?.kind], [9, 24, 'email']);
});

test('bytes that are not text are kept as they are', () => {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0]), Buffer.from(' ada@example.org '), Buffer.from([0x80])]);
  const { bytes: clean, findings } = redactor().redactBytes(bytes);
  assert.equal(findings.length, 1);
  assert.deepEqual([...clean.subarray(0, 3)], [0xff, 0xfe, 0]);
  assert.equal(clean.at(-1), 0x80);
  const nothing = Buffer.from([1, 2, 255]);
  assert.equal(redactor().redactBytes(nothing).bytes, nothing);
});

test('in JSON a key names its value, the structure stays, and a number becomes a text', () => {
  const value = {
    password: 'hunter22',
    list: ['ada@example.org', 1, null, true, { quote: '"', slash: '\\' }],
    card: 4111111111111111,
    'bob@example.org': 'key',
  };
  assert.deepEqual(redactor().redactJson<unknown>(value), {
    password: '[REDACTED:secret]',
    list: ['[REDACTED:email]', 1, null, true, { quote: '"', slash: '\\' }],
    card: '[REDACTED:card]',
    '[REDACTED:email]': 'key',
  });
});

test('whatever is in a JSON value, it stays a value of the same form', () => {
  const redact = redactor();
  const form = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(form);
    if (typeof value === 'object' && value !== null) return Object.values(value).map(form);
    return typeof value === 'string' || typeof value === 'number' ? 'leaf' : value;
  };
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('ada@example.org', `"${token}`, 'password=x1y2z3', '\\u0040', '+44 20 7946 0958'),
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.array(tie('value')),
      fc.dictionary(fc.constantFrom('a', 'password', 'token'), tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      assert.deepEqual(form(redact.redactJson(plain)), form(plain));
    }),
    { numRuns: 300 },
  );
});

test('a stream gives the same as the whole text, however it is cut', () => {
  const { stream } = redactor();
  const text = Buffer.from(`a ada@example.org b ${token} `.repeat(400));
  const whole = () => {
    const all = stream();
    return Buffer.concat([all.push(text), all.end()]).toString();
  };
  const expected = whole();
  assert.ok(!expected.includes('ada@'));
  fc.assert(
    fc.property(fc.array(fc.nat(2000), { maxLength: 30 }), (cuts) => {
      const cut = stream();
      const out: Uint8Array[] = [];
      let at = 0;
      for (const length of [...cuts, text.length]) {
        out.push(cut.push(text.subarray(at, at + length)));
        at += length;
      }
      out.push(cut.end());
      assert.equal(Buffer.concat(out).toString(), expected);
      assert.equal(cut.findings().length, 800);
    }),
    { numRuns: 30 },
  );
});

test('what a session conceals comes back exactly, also through an answer in pieces', () => {
  const session = redactionSession(redactor());
  const sent = session.conceal(
    `Write to ada@example.org and bob@example.org, not ada@example.org; [[PII:email:1]] is no token`,
  );
  assert.equal((sent.match(/\[\[PII:email:1\]\]/g) ?? []).length, 2);
  assert.ok(!sent.includes('@'));
  assert.match(
    session.restore(sent),
    /ada@example.org and bob@example.org, not ada@example.org; \[\[PII:email:1\]\] is/,
  );
  assert.equal(session.restore('[[PII:card:99]]'), '[[PII:card:99]]');
  for (let size = 1; size < 30; size += 1) {
    const stream = session.restoreStream();
    let answer = '';
    for (let at = 0; at < sent.length; at += size) answer += stream.push(sent.slice(at, at + size));
    assert.equal(answer + stream.end(), session.restore(sent), String(size));
  }
  const later = redactionSession(redactor(), session.tokens());
  assert.equal(later.restore(sent), session.restore(sent));
  assert.equal(later.conceal('ada@example.org'), '[[PII:email:1]]');
});

test('conceal and restore are inverse for any text', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('ada@example.org', '[[PII:', 'email:1]]', '[[PII:email:1]]', token, '[', ']'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const session = redactionSession(redactor());
      const text = Buffer.from(parts.join(' ')).toString();
      assert.equal(session.restore(session.conceal(text)), text);
    }),
    { numRuns: 300 },
  );
});

test('kinds that are not known and rules that cannot be read are told', () => {
  assert.throws(
    () => redactor({ kinds: ['mail' as 'email'] }),
    (error) => isPyAgentError(error, 'redaction/unknown-kind') && /"mail"/.test(error.message),
  );
  assert.throws(() => redactor({ rules: '[[rules]]\nid = "x"\nregex = "("' }), /rule "x"/);
  const { redact } = redactor({ kinds: ['ip'], allow: ['203.0.113.9'] });
  assert.equal(redact('203.0.113.7 203.0.113.9 ada@example.org').text, '[REDACTED:ip] 203.0.113.9 ada@example.org');
});

test('each kind that is published can be asked for', () => {
  for (const kind of REDACTION_KINDS) redactor({ kinds: [kind] });
});
