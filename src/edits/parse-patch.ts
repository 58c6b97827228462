import { type FilePatch, parsePatch as parseStrictly } from '../diff/index.ts';
import type { FileEdit } from './edit.ts';
import type { ParsedText } from './parse-blocks.ts';
import { NO_LINE, patchText } from './patch-text.ts';

/** Reads a unified diff as models write it. Each hunk becomes one edit of whole lines. */
export function parsePatch(source: string): ParsedText<FileEdit> {
  const text = patchText(source);
  if (text.kind === 'malformed') return text;
  const parsed = parseStrictly(text.text);
  if (parsed.kind === 'refused') return malformed(parsed.line ?? 1, parsed.message);
  const edits: FileEdit[] = [];
  for (const file of parsed.files) {
    const made = editsOf(file);
    if (typeof made === 'string') return malformed(1, made);
    edits.push(...made);
  }
  return edits.length > 0 ? { kind: 'parsed', edits } : malformed(1, 'expected at least one hunk, found none');
}

function editsOf(file: FilePatch): FileEdit[] | string {
  const path = file.to ?? file.from ?? '';
  if (file.binary !== undefined) return `${path} is binary: write such files whole`;
  if (file.change === 'rename' || file.change === 'copy')
    return `${file.from} to ${path} is a ${file.change}, which edits do not do: write the new file, and remove the old one with a patch to /dev/null`;
  const hunks = file.hunks.map((hunk) => readHunk(hunk.body));
  if (file.change === 'create') {
    const added = hunks.flatMap((hunk) => hunk.new);
    const open = hunks.at(-1)?.newOpen === true;
    return [{ kind: 'write', path, content: added.join('\n') + (open || added.length === 0 ? '' : '\n') }];
  }
  if (file.change === 'delete') return [{ kind: 'remove', path, old: hunks.flatMap((hunk) => hunk.old) }];
  if (hunks.length === 0) return `${path} changes its mode only, which edits do not do`;
  return hunks.map((hunk, index): FileEdit => {
    const line = file.hunks[index]?.oldStart ?? NO_LINE;
    const { oldOpen, newOpen } = hunk;
    return {
      kind: 'block',
      path,
      old: hunk.old,
      new: hunk.new,
      ...(line >= NO_LINE ? {} : { line }),
      ...(oldOpen === newOpen ? {} : { finalBreak: newOpen ? 'removed' : 'added' }),
    };
  });
}

interface Hunk {
  old: string[];
  new: string[];
  /** Whether the side ends without a line break, as `\ No newline at end of file` says. */
  oldOpen: boolean;
  newOpen: boolean;
}

function readHunk(body: Uint8Array): Hunk {
  const hunk: Hunk = { old: [], new: [], oldOpen: false, newOpen: false };
  const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body).split('\n');
  for (const [index, line] of lines.entries()) {
    const sign = line[0];
    if (sign === '\\') {
      const before = lines[index - 1]?.[0];
      if (before !== '+') hunk.oldOpen = true;
      if (before !== '-') hunk.newOpen = true;
    }
    if (sign === ' ' || sign === '-') hunk.old.push(line.slice(1));
    if (sign === ' ' || sign === '+') hunk.new.push(line.slice(1));
  }
  return hunk;
}

function malformed(line: number, found: string): { kind: 'malformed'; line: number; message: string } {
  return { kind: 'malformed', line, message: `Line ${line} of the patch: ${found}.` };
}
