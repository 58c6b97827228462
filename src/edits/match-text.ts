import type { ReplaceEdit } from './edit.ts';
import { editHunks } from './edit-hunks.ts';
import { type FileText, lineAt, plainText } from './file-text.ts';
import { isBlank } from './indentation.ts';
import type { Match } from './match.ts';
import { ambiguous, emptyOldText, linesThatFit, matchLines } from './match-lines.ts';
import { namedLines, type Refusal, refuse } from './refusal.ts';
import type { Splice } from './splice.ts';
import { editWindow } from './window-edit.ts';

/** Finds a text: exactly, anywhere, else as whole lines. */
export function matchText(edit: ReplaceEdit, file: FileText): Match | Refusal {
  const texts: Texts = { old: plainText(edit.old), new: plainText(edit.new) };
  if (texts.old === '') return emptyOldText(edit.path);
  const hits = placesOf(file.text, texts.old);
  if (edit.all === true || edit.count !== undefined) return everyPlace(edit, file, texts, hits);
  if (hits.length === 0) return asLines(edit, file, texts);
  const lines = hits.map((start) => lineAt(file, start) + 1);
  const hinted = hits.filter((_, index) => lines[index] === edit.line);
  const chosen = hits.length === 1 ? hits[0] : hinted.length === 1 ? hinted[0] : undefined;
  if (chosen === undefined) return ambiguous(edit.path, lines);
  return onePlace(edit.path, file, texts, chosen);
}

interface Texts {
  old: string;
  new: string;
}

/** Overlapping places count too: they make a text ambiguous. */
function placesOf(text: string, wanted: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

function everyPlace(edit: ReplaceEdit, file: FileText, texts: Texts, hits: readonly number[]): Match | Refusal {
  const lines = hits.map((start) => lineAt(file, start) + 1);
  if (hits.length === 0) return asLines(edit, file, texts, 'not-found only');
  if (edit.count !== undefined && hits.length !== edit.count) {
    const message = `The old text is at ${hits.length} places of ${edit.path}, at ${namedLines(lines)}; ${edit.count} were expected. Nothing was changed. Check those lines and send the right count.`;
    return refuse('count-mismatch', message, { lines });
  }
  if (hits.some((start, index) => index > 0 && start < (hits[index - 1] ?? 0) + texts.old.length))
    return ambiguous(edit.path, lines);
  const matches: Match[] = [];
  for (const start of hits) {
    // Who gives the number of places has looked at them.
    const match = onePlace(edit.path, file, texts, start, edit.count === undefined ? 'every' : 'counted');
    if (match.kind === 'refused') return match;
    matches.push(match);
  }
  const claims = matches.flatMap((match) => match.claims);
  const transformations = [...new Set(matches.flatMap((match) => match.transformations))];
  return { kind: 'match', claims, splices: matches.flatMap(({ splices }) => splices), transformations };
}

/** The text is nowhere exactly. As whole lines it may still be there in another form. */
function asLines(edit: ReplaceEdit, file: FileText, texts: Texts, only?: 'not-found only'): Match | Refusal {
  const [old, wanted] = [texts.old.split('\n'), texts.new.split('\n')];
  const [oldEnds, newEnds] = [old.at(-1) === '' && old.length > 1, wanted.at(-1) === ''];
  if (oldEnds) old.pop();
  if (newEnds && (oldEnds || texts.new === '')) wanted.pop();
  const match = matchLines({ path: edit.path, file, old, new: wanted });
  if (match.kind === 'refused') return match;
  if (only !== undefined) {
    const lines = [lineAt(file, match.claims[0]?.start ?? 0) + 1];
    const message = `The old text is not in ${edit.path} exactly; something like it is at line ${lines[0]}. Nothing was changed. Only exact matches count when every place is replaced: copy the old text from the file.`;
    return refuse('not-found', message, { lines });
  }
  if (oldEnds !== (texts.new === '' ? oldEnds : newEnds) || (texts.new === '' && !oldEnds)) {
    return lineBreak(edit.path, lineAt(file, match.claims[0]?.start ?? 0) + 1);
  }
  return match;
}

function onePlace(
  path: string,
  file: FileText,
  texts: Texts,
  start: number,
  asked: 'one' | 'every' | 'counted' = 'one',
): Match | Refusal {
  const end = start + texts.old.length;
  const line = lineAt(file, start);
  const before = file.text.slice(file.starts[line] ?? 0, start);
  const problem =
    asked === 'counted' ? undefined : (splitWord(path, file, start, end) ?? lineBreakProblem(path, file, texts, start));
  if (problem !== undefined) return problem;
  if (asked === 'one' && !isBlank(before)) {
    // Whole lines elsewhere have as good a claim as a place inside a line.
    const elsewhere = linesThatFit(file, wholeLines(texts.old));
    if (elsewhere.length > 0) return ambiguous(path, [line + 1, ...elsewhere]);
  }
  if (before !== '' && isBlank(before)) return withoutIndent(path, file, texts, start);
  const splices = literalSplices(texts, start);
  const kept = file.endings.slice(line, line + texts.old.split('\n').length - 1).includes('\r\n');
  return { kind: 'match', claims: [{ start, end }], splices, transformations: kept ? ['line-endings'] : [] };
}

/** The match begins after the blanks of its line: how the other lines are meant has to be found out. */
function withoutIndent(path: string, file: FileText, texts: Texts, start: number): Match | Refusal {
  const end = start + texts.old.length;
  const lastLine = lineAt(file, end);
  const whole = texts.old.endsWith('\n');
  const rest = whole ? '' : file.text.slice(end, (file.starts[lastLine] ?? 0) + (file.lines[lastLine] ?? '').length);
  const lines = (text: string) => (whole ? text.slice(0, -1) : text + rest).split('\n');
  const window = {
    path,
    file,
    start: lineAt(file, start),
    old: lines(texts.old),
    new: texts.new === '' && whole ? [] : lines(texts.new),
  };
  const match = editWindow(window, 'indentation');
  if (match.kind === 'refused') return match;
  return { ...match, claims: [{ start, end }], transformations: window.new.length > 1 ? match.transformations : [] };
}

function wholeLines(text: string): string[] {
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

const WORD = /[\p{L}\p{N}_$]/u;

function splitWord(path: string, file: FileText, start: number, end: number): Refusal | undefined {
  const [before, first] = [file.text[start - 1] ?? '', file.text[start] ?? ''];
  const [last, after] = [file.text[end - 1] ?? '', file.text[end] ?? ''];
  const number = /\d/.test(last) && after === '.' && /\d/.test(file.text[end + 1] ?? '');
  const decimals = before === '.' && /\d/.test(first) && /\d/.test(file.text[start - 2] ?? '');
  const front = (WORD.test(before) && WORD.test(first)) || decimals;
  if (!front && !(WORD.test(last) && WORD.test(after)) && !number) return undefined;
  const line = lineAt(file, front ? start : end - 1) + 1;
  const message = `The old text ${front ? 'begins' : 'ends'} inside a word at line ${line} of ${path}, so that it may mean another place. Nothing was changed. Send whole words, or better whole lines, in both texts.`;
  return refuse('inside-word', message, { lines: [line] });
}

/** Whole lines on one side and not on the other would join lines, or leave an empty one. */
function lineBreakProblem(path: string, file: FileText, texts: Texts, start: number): Refusal | undefined {
  const end = start + texts.old.length;
  const line = lineAt(file, start);
  if (!isBlank(file.text.slice(file.starts[line] ?? 0, start))) return undefined;
  const [oldEnds, newEnds] = [texts.old.endsWith('\n'), texts.new.endsWith('\n')];
  const atLineEnd = end === file.text.length || file.text[end] === '\n';
  const joins = oldEnds && !newEnds && texts.new !== '';
  const splits = !oldEnds && atLineEnd && (newEnds || texts.new === '') && texts.new !== `${texts.old}\n`;
  return joins || splits ? lineBreak(path, line + 1) : undefined;
}

function lineBreak(path: string, line: number): Refusal {
  const message = `The old text is at line ${line} of ${path}, but only one of the two texts ends with a line break, which would join two lines or leave an empty one. Nothing was changed. End both texts with a line break, or neither; to delete lines, end the old text with a line break and leave the new one empty.`;
  return refuse('line-break', message, { lines: [line] });
}

/** The difference of the two texts, so that lines which they share keep their bytes. */
function literalSplices(texts: Texts, start: number): Splice[] {
  if (!texts.old.includes('\n') || !texts.new.includes('\n'))
    return [{ start, end: start + texts.old.length, text: texts.new }];
  const [old, wanted] = [withBreaks(texts.old), withBreaks(texts.new)];
  const offsets = [start];
  for (const line of old) offsets.push((offsets.at(-1) ?? 0) + line.length);
  return editHunks(old, wanted).map(({ oldStart, oldCount, newStart, newCount }) => ({
    start: offsets[oldStart] ?? 0,
    end: offsets[oldStart + oldCount] ?? 0,
    text: wanted.slice(newStart, newStart + newCount).join(''),
  }));
}

function withBreaks(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
