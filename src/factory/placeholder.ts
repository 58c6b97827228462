import type { JsonObject, JsonValue } from '../kernel/index.ts';
import { follow, parseExpression } from './expression.ts';

/** A text cut at its placeholders. `path` is absent for plain text, `malformed` says what is wrong with a placeholder. */
interface Piece {
  text: string;
  path?: readonly string[];
  malformed?: string;
}

// `$${` stands for a plain `${`.
const PLACEHOLDER = /\$\$\{|\$\{([^}]*)(\}?)/g;

/**
 * Replaces the placeholders in every string of `value`. A string that is one placeholder becomes the value itself, of
 * whatever type; inside a longer text a placeholder becomes text (null: nothing; objects: JSON).
 */
export function fillPlaceholders(value: JsonValue, scope: JsonObject): JsonValue {
  if (typeof value === 'string') return fillText(value, scope);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => fillPlaceholders(item, scope));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === undefined ? undefined : fillPlaceholders(item, scope)]),
  );
}

/** Every path that the placeholders in `value` read, and what is wrong with those that cannot be read. */
export function placeholdersOf(value: JsonValue): { paths: (readonly string[])[]; malformed: string[] } {
  if (typeof value === 'string') {
    const pieces = cut(value);
    return {
      paths: pieces.flatMap(({ path }) => (path === undefined ? [] : [path])),
      malformed: pieces.flatMap(({ malformed }) => (malformed === undefined ? [] : [malformed])),
    };
  }
  const items = value === null || typeof value !== 'object' ? [] : Object.values(value as JsonObject);
  const parts = items.map((item) => placeholdersOf(item ?? null));
  return { paths: parts.flatMap(({ paths }) => paths), malformed: parts.flatMap(({ malformed }) => malformed) };
}

function fillText(text: string, scope: JsonObject): JsonValue {
  const pieces = cut(text);
  const [only] = pieces;
  if (pieces.length === 1 && only?.path !== undefined) return follow(scope, only.path);
  return pieces.map((piece) => (piece.path === undefined ? piece.text : asText(follow(scope, piece.path)))).join('');
}

function asText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function cut(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push(match[0] === '$${' ? { text: '${' } : placeholder(match[0], match[1] ?? '', match[2] === '}'));
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

function placeholder(text: string, inner: string, closed: boolean): Piece {
  const reading = parseExpression(inner);
  if (!closed) return { text, malformed: `"${text}" has no closing brace` };
  if (reading.kind === 'expression' && reading.expression.kind === 'path') {
    return { text, path: reading.expression.names };
  }
  return { text, malformed: `"${text}" is not a path such as \${inputs.name}` };
}
