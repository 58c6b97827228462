import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Budget, budget, isPyAgentError, manualClock } from './index.ts';

test('spending is booked here and in every ancestor', () => {
  const root = budget({ tokens: 100, microdollars: 50 }, manualClock());
  const child = root.child({ tokens: 60 });
  const grandchild = child.child({});
  assert.equal(grandchild.spend({ tokens: 10, microdollars: 5 }).kind, 'spent');
  for (const account of [root, child, grandchild]) {
    assert.deepEqual(account.spent(), { tokens: 10, microdollars: 5 });
  }
  assert.deepEqual(grandchild.remaining(), { tokens: 50, microdollars: 45 });
});

test('what does not fit is booked nowhere, and the answer names the account that is short', () => {
  const root = budget({ tokens: 10 }, manualClock());
  const child = root.child({ tokens: 100 });
  assert.deepEqual(child.spend({ tokens: 11 }), {
    kind: 'exhausted',
    resource: 'tokens',
    level: 1,
    limit: 10,
    left: 10,
    asked: 11,
  });
  assert.deepEqual([root.spent().tokens, child.spent().tokens], [0, 0]);
});

test('siblings draw from one parent: what one reserves the other cannot spend', () => {
  const root = budget({ tokens: 100 }, manualClock());
  const [left, right] = [root.child({}), root.child({})];
  const reservation = left.reserve({ tokens: 70 });
  assert.ok(reservation.kind === 'reserved');
  assert.equal(right.spend({ tokens: 40 }).kind, 'exhausted');
  assert.deepEqual(reservation.settle({ tokens: 20 }), { kind: 'settled' });
  assert.equal(right.spend({ tokens: 40 }).kind, 'spent');
  assert.deepEqual(root.remaining(), { tokens: 40 });
});

test('real use beyond the reservation is booked, because it was used, and said', () => {
  const root = budget({ tokens: 10 }, manualClock());
  const reservation = root.reserve({ tokens: 10 });
  assert.ok(reservation.kind === 'reserved');
  const settled = reservation.settle({ tokens: 13 });
  assert.ok(settled.kind === 'exhausted');
  assert.deepEqual([settled.resource, settled.left, settled.asked], ['tokens', 0, 3]);
  assert.equal(root.spent().tokens, 13);
  assert.deepEqual(root.remaining(), { tokens: 0 });
  assert.equal(root.spend({ tokens: 1 }).kind, 'exhausted');
});

test('settling twice is refused', () => {
  const reservation = budget({}, manualClock()).reserve({ tokens: 1 });
  assert.ok(reservation.kind === 'reserved');
  reservation.settle({});
  assert.throws(
    () => reservation.settle({}),
    (error) => isPyAgentError(error, 'kernel/budget-misuse'),
  );
});

test('time runs for all at once: a child ends with its own limit or with its parent', () => {
  const clock = manualClock();
  const root = budget({ milliseconds: 100 }, clock);
  clock.advance(60);
  const child = root.child({ milliseconds: 80 });
  assert.deepEqual(child.remaining(), { milliseconds: 40 });
  clock.advance(39);
  assert.equal(child.check().kind, 'available');
  clock.advance(1);
  const ended = child.check();
  assert.ok(ended.kind === 'exhausted');
  assert.deepEqual([ended.resource, ended.level], ['milliseconds', 1]);
  assert.equal(child.spend({ tokens: 1 }).kind, 'exhausted');
});

test('no limit is no limit, and a limit of zero allows no use', () => {
  const free = budget({}, manualClock());
  assert.equal(free.spend({ tokens: Number.MAX_SAFE_INTEGER }).kind, 'spent');
  assert.deepEqual(free.remaining(), {});
  const none = budget({ tokens: 0 }, manualClock());
  assert.equal(none.spend({ tokens: 1 }).kind, 'exhausted');
  assert.equal(none.check().kind, 'available', 'work without tokens may go on');
  assert.equal(budget({ milliseconds: 0 }, manualClock()).check().kind, 'exhausted');
  assert.equal(none.spend({ microdollars: 1 }).kind, 'spent');
});

test('amounts are whole numbers from 0', () => {
  const invalid = (error: unknown) => isPyAgentError(error, 'kernel/budget-invalid');
  for (const amount of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => budget({ tokens: amount }, manualClock()), invalid, String(amount));
    assert.throws(() => budget({}, manualClock()).spend({ microdollars: amount }), invalid, String(amount));
  }
  assert.throws(() => budget({ tokenz: 1 } as object, manualClock()), invalid);
});

test('accounts stay exact under any mix of spending, reserving and settling', () => {
  const action = fc.record({
    child: fc.nat({ max: 3 }),
    tokens: fc.nat({ max: 40 }),
    used: fc.nat({ max: 40 }),
    kind: fc.constantFrom('spend', 'reserve'),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const root = budget({ tokens: 200 }, manualClock());
      const children: Budget[] = [0, 1, 2, 3].map((index) => root.child({ tokens: 50 + index * 20 }));
      for (const { child, tokens, used, kind } of actions) {
        const account = children[child] ?? root;
        if (kind === 'spend') account.spend({ tokens });
        else {
          const reservation = account.reserve({ tokens });
          if (reservation.kind === 'reserved') reservation.settle({ tokens: Math.min(used, tokens) });
        }
      }
      const sum = children.reduce((total, account) => total + account.spent().tokens, 0);
      assert.equal(root.spent().tokens, sum);
      assert.ok(sum <= 200);
      for (const [index, account] of children.entries()) assert.ok(account.spent().tokens <= 50 + index * 20);
      assert.equal(root.remaining().tokens, 200 - sum);
    }),
  );
});
