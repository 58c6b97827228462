import { bytesOfPath } from '../diff/index.ts';

const LETTERS = new Map([
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x22, '"'],
  [0x5c, '\\'],
]);

/**
 * A path as git writes and reads it in text (`core.quotePath`): plain, or in double quotes with C escapes when it holds
 * a control character, a quote, a backslash or a byte outside ASCII.
 */
export function quotedPath(path: string): string {
  const bytes = bytesOfPath(path);
  const isPlain = (byte: number) => byte >= 0x20 && byte < 0x7f && !LETTERS.has(byte);
  if (bytes.every(isPlain)) return path;
  const escaped = (byte: number) => `\\${LETTERS.get(byte) ?? byte.toString(8).padStart(3, '0')}`;
  return `"${[...bytes].map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : escaped(byte))).join('')}"`;
}
