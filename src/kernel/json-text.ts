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
  const { parseTree, printParseErrorCode } = await import('jsonc-parser');
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const errors: { error: number; offset: number; length: number }[] = [];
  const tree = parseTree(source, errors, { allowTrailingComma: true, allowEmptyContent: false });
  const first = errors[0];
  if (first !== undefined || tree === undefined) {
    const before = source.slice(0, first?.offset ?? 0).split('\n');
    const code = printParseErrorCode(first?.error ?? 0);
    const shown = source.slice(first?.offset ?? 0, (first?.offset ?? 0) + Math.max(first?.length ?? 0, 1));
    return {
      kind: 'malformed',
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      found:
        shown.trim() === '' ? `the end of the text or white space (${code})` : `${JSON.stringify(shown)} (${code})`,
    };
  }
  return { kind: 'read', value: toValue(tree) };
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
