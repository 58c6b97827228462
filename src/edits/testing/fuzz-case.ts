import type { FileEdit } from '../edit.ts';
import type { RealEdit } from './real-edit.ts';

/** What must come of a case: its one result, a refusal, or one of the two. */
export type Expected = 'apply' | 'refuse' | 'either';

/** A file, an edit of it that was distorted, and the right answer. */
export interface FuzzCase {
  path: string;
  before: Uint8Array;
  /** Edits, or a text that has to be read first. */
  edits: readonly FileEdit[] | string;
  expected: Expected;
  /** The bytes that the edit means; any other result corrupts the file. */
  after: Uint8Array;
}

/** A file as lines with their endings. */
export interface Form {
  lines: readonly string[];
  /** Default: `\n` everywhere. */
  ending?: (line: number) => string;
  /** Default: true. */
  finalBreak?: boolean;
  bom?: boolean;
}

export function bytesOf({ lines, ending = () => '\n', finalBreak = true, bom = false }: Form): Uint8Array {
  const last = lines.length - 1;
  const text = lines.map((line, index) => line + (index < last || finalBreak ? ending(index) : '')).join('');
  return Buffer.from((bom ? '\uFEFF' : '') + text, 'utf8');
}

/** All lines of the file after the edit. */
export function resultOf(edit: Pick<RealEdit, 'lines' | 'from' | 'old'>, replacement: readonly string[]): string[] {
  return [...edit.lines.slice(0, edit.from), ...replacement, ...edit.lines.slice(edit.from + edit.old.length)];
}

/** A replace edit of whole lines. */
export function replaceEdit(path: string, old: readonly string[], wanted: readonly string[]): FileEdit {
  return { kind: 'replace', path, old: text(old), new: text(wanted) };
}

export function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
