import { plainText } from './file-text.ts';

/** A patch with true line counts in its hunk headers, or why there is no one way to read it. */
export type PatchText = { kind: 'patch'; text: string } | { kind: 'malformed'; line: number; message: string };

/** A hunk that does not say where it is gets a line that no file has, so that its content alone places it. */
export const NO_LINE = 900_000_000;

const HUNK = /^@@(?: -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@| ?\.\.\. ?@@|[ \t]*$)/;

/**
 * Makes a unified diff as models write it into one that can be read strictly: out of fenced code, with line counts that
 * fit, and with the blank that an empty line of context should begin with.
 */
export function patchText(source: string): PatchText {
  const lines = unfenced(plainText(source).split('\n'));
  const result: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const header = HUNK.exec(line);
    if (header === null) {
      if (line.startsWith('@@'))
        return malformed(at, `expected @@ -line,count +line,count @@, found ${line.slice(0, 60)}`);
      result.push(line);
      at += 1;
      continue;
    }
    const body = readBody(lines, at + 1);
    if (body.kind === 'malformed') return body;
    const [oldCount, newCount] = [body.lines.filter(isOld).length, body.lines.filter(isNew).length];
    const heading = header[1] === undefined ? '' : line.slice(header[0].length);
    const [from, to] = [header[1] ?? NO_LINE, header[2] ?? NO_LINE];
    result.push(`@@ -${from},${oldCount} +${to},${newCount} @@${heading}`, ...body.lines);
    at = body.end;
  }
  return { kind: 'patch', text: `${result.join('\n')}\n` };
}

const isOld = (line: string) => line[0] === ' ' || line[0] === '-';
const isNew = (line: string) => line[0] === ' ' || line[0] === '+';

/** The inside of the fenced blocks that hold a diff; the whole text where there is no such block. */
function unfenced(lines: readonly string[]): string[] {
  const inside: string[] = [];
  let fence: string | undefined;
  for (const line of lines) {
    const mark = /^(```+|~~~+)/.exec(line)?.[1];
    if (fence === undefined && mark !== undefined) fence = mark;
    else if (fence && mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    else if (fence !== undefined) inside.push(line);
  }
  return inside.some((line) => line.startsWith('@@')) ? inside : [...lines];
}

type Body = { kind: 'body'; lines: string[]; end: number } | { kind: 'malformed'; line: number; message: string };

/** The lines of a hunk up to the next header; blank lines at its end belong to no hunk. */
function readBody(lines: readonly string[], start: number): Body {
  let end = start;
  while (end < lines.length && !isHeader(lines, end) && /^([ +\-\\]|$)/.test(lines[end] ?? '')) end += 1;
  const next = lines[end];
  if (next !== undefined && !isHeader(lines, end)) {
    return malformed(end, `expected a line that begins with a blank, + or -, found ${next.slice(0, 60)}`);
  }
  let last = end;
  while (last > start && lines[last - 1] === '') last -= 1;
  const body = lines.slice(start, last).map((line) => (line === '' ? ' ' : line));
  const odd = body.findIndex((line, index) => line.startsWith('--- ') && body[index + 1]?.startsWith('+++ '));
  if (odd >= 0)
    return malformed(
      start + odd,
      'expected one reading, found lines that may be a change or the header of the next file',
    );
  if (body.length === 0) return malformed(start, 'expected lines after the header of a hunk, found none');
  return { kind: 'body', lines: body, end };
}

/** Where the next hunk or the next file begins. */
function isHeader(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (/^(@@|diff --git |Index: |={67}$)/.test(line)) return true;
  return line.startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ') && (lines[at + 2] ?? '').startsWith('@@');
}

function malformed(index: number, found: string): { kind: 'malformed'; line: number; message: string } {
  return {
    kind: 'malformed',
    line: index + 1,
    message: `Line ${index + 1} of the patch: ${found}. Send a unified diff: --- and +++ with the path, then hunks @@ -line,count +line,count @@ whose lines each begin with a blank, + or -.`,
  };
}
