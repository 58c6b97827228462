import { canonicalJson, type JsonObject, type JsonValue } from '../kernel/index.ts';
import { readTokens, type Token } from './expression-token.ts';

/** Comparisons, from equal to at least. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A parsed expression. */
export type Expression =
  | { kind: 'literal'; value: null | boolean | number | string }
  | { kind: 'path'; names: readonly string[] }
  | { kind: 'not'; operand: Expression }
  | { kind: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'compare'; operator: Comparison; left: Expression; right: Expression };

/** What {@link parseExpression} gives. `at` counts UTF-16 units from 0. */
export type ExpressionReading =
  | { kind: 'expression'; expression: Expression }
  | { kind: 'malformed'; at: number; expected: string; found: string };

const MAX_LENGTH = 1000;
const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];
const WORDS = new Map<string, null | boolean>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Reads the expression language of conditions: literals, paths (`steps.dead-code.output.files[0]`), comparisons, `!`,
 * `&&`, `||`, parentheses. Nothing can be called and nothing is computed, so evaluation always ends and has no effect.
 */
export function parseExpression(text: string): ExpressionReading {
  if (text.length > MAX_LENGTH) {
    return { kind: 'malformed', at: MAX_LENGTH, expected: `at most ${MAX_LENGTH} characters`, found: `${text.length}` };
  }
  const tokens = readTokens(text);
  if (tokens.kind === 'malformed') return tokens;
  const parser = new Parser(tokens.tokens);
  const expression = parser.or();
  if (expression.kind === 'malformed') return expression;
  const rest = parser.peek();
  return rest.kind === 'end' ? { kind: 'expression', expression } : unexpected(rest, 'an operator or the end');
}

type Part = Expression | Malformed;
type Malformed = ExpressionReading & { kind: 'malformed' };

class Parser {
  #position = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.#position] ?? { kind: 'end', text: '', at: 0 };
  }

  #take(symbol: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.#position += 1;
    return true;
  }

  or(): Part {
    return this.#chain('||', 'or', () => this.#chain('&&', 'and', () => this.#comparison()));
  }

  #chain(symbol: string, kind: 'and' | 'or', operand: () => Part): Part {
    let left = operand();
    while (left.kind !== 'malformed' && this.#take(symbol)) {
      const right = operand();
      left = right.kind === 'malformed' ? right : { kind, left, right };
    }
    return left;
  }

  #comparison(): Part {
    const left = this.#unary();
    if (left.kind === 'malformed') return left;
    const operator = this.peek();
    if (operator.kind !== 'symbol' || !COMPARISONS.includes(operator.text)) return left;
    this.#position += 1;
    const right = this.#unary();
    return right.kind === 'malformed' ? right : { kind: 'compare', operator: operator.text as Comparison, left, right };
  }

  #unary(): Part {
    if (!this.#take('!')) return this.#primary();
    const operand = this.#unary();
    return operand.kind === 'malformed' ? operand : { kind: 'not', operand };
  }

  #primary(): Part {
    const token = this.peek();
    if (this.#take('(')) {
      const inner = this.or();
      if (inner.kind === 'malformed' || this.#take(')')) return inner;
      return unexpected(this.peek(), 'a closing parenthesis');
    }
    if (token.kind !== 'literal' && token.kind !== 'name') return unexpected(token, 'a value, a path or "("');
    this.#position += 1;
    if (token.kind === 'literal') return { kind: 'literal', value: token.value };
    const word = WORDS.get(token.text);
    return word === undefined ? this.#path(token.text) : { kind: 'literal', value: word };
  }

  #path(first: string): Part {
    const names = [first];
    for (;;) {
      if (this.#take('.')) {
        const token = this.peek();
        if (token.kind !== 'name') return unexpected(token, 'a name after "."');
        names.push(token.text);
        this.#position += 1;
      } else if (this.#take('[')) {
        const token = this.peek();
        const value = token.kind === 'literal' ? token.value : undefined;
        if (typeof value !== 'string' && !(typeof value === 'number' && Number.isInteger(value) && value >= 0)) {
          return unexpected(token, 'a position from 0 or a quoted key');
        }
        names.push(String(value));
        this.#position += 1;
        if (!this.#take(']')) return unexpected(this.peek(), '"]"');
      } else return { kind: 'path', names };
    }
  }
}

function unexpected(token: Token, expected: string): Malformed {
  const found = token.kind === 'end' ? 'the end' : JSON.stringify(token.text);
  return { kind: 'malformed', at: token.at, expected, found };
}

/**
 * The value of `expression`. Total: a path that leads nowhere is null; `<` and its kin are false unless both sides are
 * numbers or both are texts; `==` compares whole values; `&&`, `||` and `!` give booleans and take {@link isTrue}.
 */
export function evaluate(expression: Expression, scope: JsonObject): JsonValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'path':
      return follow(scope, expression.names);
    case 'not':
      return !isTrue(evaluate(expression.operand, scope));
    case 'and':
      return isTrue(evaluate(expression.left, scope)) && isTrue(evaluate(expression.right, scope));
    case 'or':
      return isTrue(evaluate(expression.left, scope)) || isTrue(evaluate(expression.right, scope));
    case 'compare':
      return compare(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
  }
}

/** false, null, 0 and the empty text are not true; everything else is. */
export function isTrue(value: JsonValue): boolean {
  return value !== false && value !== null && value !== 0 && value !== '';
}

/** Every path that `expression` reads. */
export function pathsOf(expression: Expression): (readonly string[])[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'path':
      return [expression.names];
    case 'not':
      return pathsOf(expression.operand);
    default:
      return [...pathsOf(expression.left), ...pathsOf(expression.right)];
  }
}

/** The value at `names` below `value`, own keys only; null when there is none. */
export function follow(value: JsonValue, names: readonly string[]): JsonValue {
  let current = value;
  for (const name of names) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return null;
    current = (current as JsonObject)[name] ?? null;
  }
  return current;
}

function compare(operator: Comparison, left: JsonValue, right: JsonValue): boolean {
  if (operator === '==') return canonicalJson(left) === canonicalJson(right);
  if (operator === '!=') return canonicalJson(left) !== canonicalJson(right);
  if (typeof left === 'number' && typeof right === 'number') return ordered(operator, left, right);
  return typeof left === 'string' && typeof right === 'string' && ordered(operator, left, right);
}

function ordered<Value extends number | string>(operator: Comparison, left: Value, right: Value): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}
