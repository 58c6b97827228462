import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../kernel/index.ts';
import { type Comparison, type Expression, evaluate, isTrue, parseExpression, pathsOf } from './index.ts';

const scope: JsonObject = {
  inputs: { name: 'x', list: [1, 2], on: true },
  steps: { 'dead-code': { kind: 'done', changed: 3, output: { files: ['a', 'b'] } } },
};

function value(text: string, given: JsonObject = scope): JsonValue {
  const reading = parseExpression(text);
  assert.ok(reading.kind === 'expression', `${text}: ${reading.kind === 'malformed' ? reading.expected : ''}`);
  return evaluate(reading.expression, given);
}

test('literals, paths and comparisons have the values one reads', () => {
  for (const [text, expected] of [
    ['1', 1],
    ['-2.5e1', -25],
    ["'it''s'.x", undefined],
    ['"a\\"b"', 'a"b'],
    ['null', null],
    ['steps.dead-code.changed', 3],
    ['steps["dead-code"].output.files[1]', 'b'],
    ['inputs.list[0]', 1],
    ['steps.dead-code.changed == 3', true],
    ['steps.dead-code.changed != 3', false],
    ['inputs.name < "y"', true],
    ['2 <= 2', true],
    ['2 > 10', false],
    ['"2" > "10"', true],
    ['!(1 == 2) && inputs.on', true],
    ['1 == 2 || 2 == 2 && 3 == 4', false],
    ['(1 == 2 || 2 == 2) && 3 == 3', true],
    ['!0', true],
  ] as const) {
    if (expected === undefined) assert.equal(parseExpression(text).kind, 'malformed', text);
    else assert.deepEqual(value(text), expected, text);
  }
});

test('a path that leads nowhere is null, and nothing inherited is seen', () => {
  for (const text of [
    'steps.none.changed',
    'inputs.name.length',
    'inputs.constructor',
    'inputs.__proto__',
    'toString',
  ]) {
    assert.equal(value(text), null, text);
  }
});

test('ordering values of different kinds is false both ways', () => {
  for (const text of ['1 < "2"', '1 >= "2"', 'null < 1', 'inputs < 1', 'true > false'])
    assert.equal(value(text), false);
});

test('what is not in the language is refused, with its place', () => {
  for (const [text, at] of [
    ['', 0],
    ['1 +', 2],
    ['f(1)', 1],
    ['a.b()', 3],
    ['a = 1', 2],
    ['(1 == 1', 7],
    ['"open', 0],
    ['a..b', 2],
    ['a[-1]', 2],
    ['1 < 2 < 3', 6],
    ['a ? b : c', 2],
    ['process.exit`1`', 12],
  ] as const) {
    const reading = parseExpression(text);
    assert.deepEqual(reading.kind === 'malformed' ? reading.at : reading, at, text);
  }
  assert.equal(parseExpression(`${'('.repeat(600)}1${')'.repeat(600)}`).kind, 'malformed');
});

test('the paths of an expression are all it reads', () => {
  const reading = parseExpression('!inputs.a && (steps.b.changed == 0 || "inputs.c" == steps["d"].kind)');
  assert.ok(reading.kind === 'expression');
  assert.deepEqual(pathsOf(reading.expression), [
    ['inputs', 'a'],
    ['steps', 'b', 'changed'],
    ['steps', 'd', 'kind'],
  ]);
});

const PLAIN = { noNullPrototype: true } as const;
const names = fc.array(fc.constantFrom('a', 'b-c', '_d1', 'with space', '0'), { minLength: 0, maxLength: 3 });
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc
    .oneof(
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
    )
    .map((item): Expression => ({ kind: 'literal', value: Object.is(item, -0) ? 0 : item })),
  names.map((rest): Expression => ({ kind: 'path', names: ['inputs', ...rest] })),
);
const tree: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('node').map((operand): Expression => ({ kind: 'not', operand })),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), left: tie('node'), right: tie('node') }, PLAIN),
    fc.record(
      {
        kind: fc.constant('compare' as const),
        operator: fc.constantFrom<Comparison>('==', '!=', '<', '<=', '>', '>='),
        left: tie('node'),
        right: tie('node'),
      },
      PLAIN,
    ),
  ),
})).node;

/** The expression as text with every pair of parentheses. */
function print(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value);
    case 'path':
      return expression.names
        .map((name, index) => (index === 0 ? name : /^[a-z_][\w-]*$/i.test(name) ? `.${name}` : `["${name}"]`))
        .join('');
    case 'not':
      return `!(${print(expression.operand)})`;
    case 'compare':
      return `(${print(expression.left)}) ${expression.operator} (${print(expression.right)})`;
    default:
      return `(${print(expression.left)}) ${expression.kind === 'and' ? '&&' : '||'} (${print(expression.right)})`;
  }
}

test('an expression that is printed and read again is the same expression', () => {
  fc.assert(
    fc.property(tree, (expression) => {
      const text = print(expression);
      // Quoted texts are read by their own rule for backslashes, not JSON's.
      fc.pre(text.length <= 1000 && !text.includes('\\'));
      assert.deepEqual(parseExpression(text), { kind: 'expression', expression });
    }),
  );
});

test('any text is read or refused, and what is read has a value in any scope', () => {
  const symbols = fc.constantFrom(
    'a',
    '.',
    '1',
    '"x"',
    '==',
    '<',
    '&&',
    '||',
    '!',
    '(',
    ')',
    '[',
    ']',
    ' ',
    'steps',
    '-',
  );
  fc.assert(
    fc.property(fc.array(symbols, { maxLength: 12 }), fc.jsonValue(), (parts, given) => {
      const reading = parseExpression(parts.join(''));
      if (reading.kind === 'malformed') return assert.ok(reading.at >= 0 && reading.expected !== '');
      const result = evaluate(reading.expression, { a: given, steps: given } as JsonObject);
      assert.equal(typeof isTrue(result), 'boolean');
    }),
    { numRuns: 1_000 },
  );
});
