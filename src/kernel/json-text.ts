import type { JsonValue } from './json.ts';

/** What reading JSON text gives. Lines and columns start at 1; columns count UTF-16 units. */
export type JsonTextReading =
  | { kind: 'read'; value: JsonValue }
  | { kind: 'malformed'; line: number; column: number; found: string };

/**
 * Reads JSON with comments and trailing commas, as people write in settings files. A leading byte order mark is
 * skipped. A key `__proto__` is read as an ordinary key.
 */
export async function readJsonText(text: string): Promise<JsonTextReading> {
  const { createScanner, parseTree, printParseErrorCode } = await import('jsonc-parser');
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const tooDeep = firstTooDeep(source, createScanner(source, true));
  if (tooDeep !== undefined) {
    return { kind: 'malformed', ...placeOf(source, tooDeep), found: `more than ${MAX_DEPTH} levels of brackets` };
  }
  const errors: { error: number; offset: number; length: number }[] = [];
  const tree = parseTree(source, errors, { allowTrailingComma: true, allowEmptyContent: false });
  const first = errors[0];
  if (first !== undefined || tree === undefined) {
    const code = printParseErrorCode(first?.error ?? 0);
    const shown = source.slice(first?.offset ?? 0, (first?.offset ?? 0) + Math.max(first?.length ?? 0, 1));
    return {
      kind: 'malformed',
      ...placeOf(source, first?.offset ?? 0),
      found:
        shown.trim() === '' ? `the end of the text or white space (${code})` : `${JSON.stringify(shown)} (${code})`,
    };
  }
  return { kind: 'read', value: toValue(tree) };
}

/** The parser calls itself for each level; deeper text would end the process instead of giving an answer. */
const MAX_DEPTH = 200;

function firstTooDeep(source: string, scanner: Scanner): number | undefined {
  let depth = 0;
  while (scanner.getPosition() < source.length) {
    scanner.scan();
    const first = source[scanner.getTokenOffset()];
    if (first === '{' || first === '[') depth += 1;
    if (first === '}' || first === ']') depth -= 1;
    if (depth > MAX_DEPTH) return scanner.getTokenOffset();
  }
  return undefined;
}

/** The part of jsonc-parser's scanner that is used here. */
interface Scanner {
  scan(): unknown;
  getPosition(): number;
  getTokenOffset(): number;
}

function placeOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

interface Node {
  type: string;
  value?: unknown;
  children?: Node[];
}

function toValue(node: Node): JsonValue {
  if (node.type === 'array') return (node.children ?? []).map(toValue);
  if (node.type !== 'object') return node.value as JsonValue;
  // fromEntries defines keys, so that `__proto__` cannot replace the prototype.
  return Object.fromEntries(
    (node.children ?? []).map((property) => {
      const [key, value] = property.children ?? [];
      return [String(key?.value), value === undefined ? null : toValue(value)];
    }),
  );
}
