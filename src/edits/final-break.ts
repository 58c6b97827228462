import type { FileText } from './file-text.ts';
import type { Match } from './match.ts';
import { type Refusal, refuse } from './refusal.ts';

/** The match of a hunk that also adds or removes the line break at the end of the file. */
export function withFinalBreak(
  path: string,
  file: FileText,
  match: Match,
  change: 'added' | 'removed',
): Match | Refusal {
  const size = file.text.length;
  const ends = file.text.endsWith('\n');
  const atEnd = match.claims.at(-1)?.end === size;
  if (!atEnd || ends !== (change === 'removed')) {
    const has = ends ? 'ends with one already' : 'ends without one already';
    const found = atEnd ? `the file ${has}` : 'the lines are not the last of the file';
    const message = `The patch of ${path} changes the line break at the end of the file, but ${found}. Nothing was changed. Leave out the line "\\ No newline at end of file", or read the file again.`;
    return refuse('line-break', message, { lines: [file.lines.length - (ends ? 1 : 0)] });
  }
  const splices = [...match.splices];
  const last = splices.at(-1);
  if (change === 'removed') {
    if (last !== undefined && last.end === size)
      splices[splices.length - 1] = { ...last, text: last.text.replace(/\n$/, '') };
    else splices.push({ start: size - 1, end: size, text: '' });
  } else if (last !== undefined && last.end === size) splices[splices.length - 1] = { ...last, text: `${last.text}\n` };
  else splices.push({ start: size, end: size, text: '\n' });
  return { ...match, splices };
}
