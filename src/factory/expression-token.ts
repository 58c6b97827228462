/** One word of an expression. `at` counts UTF-16 units from 0. */
export type Token =
  | { kind: 'literal'; value: number | string; text: string; at: number }
  | { kind: 'name' | 'symbol' | 'end'; text: string; at: number };

/** What {@link readTokens} gives. The last token is the end. */
export type TokenReading =
  | { kind: 'tokens'; tokens: Token[] }
  | { kind: 'malformed'; at: number; expected: string; found: string };

// A name may hold hyphens (step ids do); nothing can be subtracted, so that is unambiguous.
const NAME = /[a-zA-Z_][a-zA-Z0-9_-]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const TEXT = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/sy;
const SYMBOL = /==|!=|<=|>=|&&|\|\||[<>!().[\]]/y;
const SPACE = /\s+/y;

/** Splits `text` into words. Texts are in single or double quotes; a backslash takes the next character as it is. */
export function readTokens(text: string): TokenReading {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const take = (pattern: RegExp): string | undefined => {
      pattern.lastIndex = at;
      return pattern.exec(text)?.[0];
    };
    const space = take(SPACE);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = readToken(take, at);
    if (token === undefined) {
      const quote = text[at] === '"' || text[at] === "'";
      const expected = quote ? 'a text with a closing quote' : 'a value, a path or an operator';
      return { kind: 'malformed', at, expected, found: JSON.stringify(text.slice(at, at + 10)) };
    }
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return { kind: 'tokens', tokens };
}

function readToken(take: (pattern: RegExp) => string | undefined, at: number): Token | undefined {
  const name = take(NAME);
  if (name !== undefined) return { kind: 'name', text: name, at };
  const number = take(NUMBER);
  if (number !== undefined && Number.isFinite(Number(number))) {
    return { kind: 'literal', value: Number(number), text: number, at };
  }
  const quoted = take(TEXT);
  if (quoted !== undefined) {
    return { kind: 'literal', value: quoted.slice(1, -1).replace(/\\(.)/gs, '$1'), text: quoted, at };
  }
  const symbol = take(SYMBOL);
  return symbol === undefined ? undefined : { kind: 'symbol', text: symbol, at };
}
