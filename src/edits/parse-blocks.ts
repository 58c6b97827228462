import type { BlockEdit } from './edit.ts';
import { plainText } from './file-text.ts';

/** What reading a text with edits gives; `message` says where the text is wrong and how it should be. */
export type ParsedText<Item> = { kind: 'parsed'; edits: Item[] } | { kind: 'malformed'; line: number; message: string };

const SEARCH = /^<{5,9} ?SEARCH[ \t]*$/;
const DIVIDER = /^={5,9}[ \t]*$/;
const REPLACE = /^>{5,9} ?REPLACE[ \t]*$/;
const FENCE = /^[ \t]*(```|~~~)/;

/**
 * Reads search/replace blocks as models write them: the path on a line before each block, perhaps decorated, the block
 * perhaps in fenced code. What lies between blocks is skipped. A text with two readings is malformed.
 */
export function parseBlocks(source: string, defaultPath?: string): ParsedText<BlockEdit> {
  const lines = plainText(source).split('\n');
  const edits: BlockEdit[] = [];
  let path = defaultPath;
  let after = 0;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (REPLACE.test(line)) return malformed(at, 'expected <<<<<<< SEARCH first, found the end of a block');
    if (!SEARCH.test(line)) continue;
    path = pathBefore(lines.slice(after, at)) ?? path;
    if (path === undefined)
      return malformed(at, 'expected a line with the path of the file before the block, found none');
    const block = readBlock(lines, at);
    if (block.kind === 'malformed') return block;
    edits.push({ kind: 'block', path, old: block.old, new: block.new });
    at = block.end;
    after = block.end + 1;
  }
  return edits.length > 0 ? { kind: 'parsed', edits } : malformed(0, 'expected a line <<<<<<< SEARCH, found none');
}

type Block = { kind: 'block'; old: string[]; new: string[]; end: number };

function readBlock(
  lines: readonly string[],
  start: number,
): Block | { kind: 'malformed'; line: number; message: string } {
  const dividers: number[] = [];
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (SEARCH.test(line))
      return malformed(at, `expected >>>>>>> REPLACE for the block of line ${start + 1}, found the next block`);
    if (DIVIDER.test(line)) dividers.push(at);
    if (!REPLACE.test(line)) continue;
    const [divider] = dividers;
    if (divider === undefined)
      return malformed(at, `expected ======= between the two texts of the block of line ${start + 1}, found none`);
    if (dividers.length > 1) {
      const second = dividers[1] ?? 0;
      return malformed(
        second,
        `expected one ======= in the block of line ${start + 1}, found ${dividers.length}, so that the texts can be read in two ways`,
      );
    }
    return { kind: 'block', old: lines.slice(start + 1, divider), new: lines.slice(divider + 1, at), end: at };
  }
  return malformed(start, 'expected >>>>>>> REPLACE at the end of the block, found the end of the text');
}

/** The path that the last line before a block names, when it names one. */
function pathBefore(lines: readonly string[]): string | undefined {
  const line = lines.findLast((candidate) => candidate.trim() !== '' && !FENCE.test(candidate));
  if (line === undefined) return undefined;
  const quoted = /`([^`]+)`/.exec(line)?.[1];
  const bare = line
    .trim()
    .replace(/^(#+|[-*>]|\d+[.)])\s+/, '')
    .replace(/^(file|path|filename)\s*[:=]\s*/i, '')
    .replace(/^[*_"']+|[*_"':]+$/g, '')
    .trim();
  const path = quoted ?? bare;
  return path !== '' && !/\s/.test(path) ? path : undefined;
}

function malformed(index: number, found: string): { kind: 'malformed'; line: number; message: string } {
  const message = `Line ${index + 1} of the blocks: ${found}. A block is a line <<<<<<< SEARCH, the old lines, a line =======, the new lines and a line >>>>>>> REPLACE, each marker alone at the beginning of its line.`;
  return { kind: 'malformed', line: index + 1, message };
}
