import type { FileText } from './file-text.ts';
import { isBlank } from './indentation.ts';
import { nearestPlace } from './nearest-place.ts';
import { type Refusal, refuse } from './refusal.ts';

/** The old text is nowhere: says where something like it is, and what differs. */
export function notFound(path: string, file: FileText, old: readonly string[]): Refusal {
  const mistake = knownMistake(file, old);
  const nearest = nearestPlace(file, old);
  const parts = [`The old text is not in ${path}.`];
  if (mistake !== undefined) parts.push(mistake);
  if (nearest === undefined) {
    parts.push('Nothing in the file resembles it. Nothing was changed. Read the file again before you edit it.');
    return refuse('not-found', parts.join(' '));
  }
  const { firstLine, lastLine, similarity, differences } = nearest;
  const where = firstLine === lastLine ? `Line ${firstLine} is` : `Lines ${firstLine} to ${lastLine} are`;
  parts.push(
    `${where} nearest (${Math.round(similarity * 100)} % alike)${differences.length === 0 ? '.' : `: ${differences.join('; ')}.`}`,
  );
  parts.push(
    'Nothing was changed. Copy the old text from the file as it is now, or read those lines again if they are not the ones you mean.',
  );
  return refuse('not-found', parts.join(' '), { lines: [firstLine, lastLine], nearest });
}

/** Mistakes that models make often and that only they can put right. */
function knownMistake(file: FileText, old: readonly string[]): string | undefined {
  const text = old.join('\n');
  if (old.length > 0 && old.every((line) => /^\s*\d+(\t|: ?| ?\| ?|→| )/.test(line) || line === '')) {
    const bare = old.map((line) => line.replace(/^\s*\d+(\t|: ?| ?\| ?|→| )/, ''));
    if (file.text.includes(withoutBlankEnds(bare).join('\n')))
      return 'Its lines begin with line numbers, which are not in the file: leave them out.';
  }
  const unescaped = text.replace(/\\([nt"'\\])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter);
  if (unescaped !== text && file.text.includes(unescaped)) {
    return 'It is escaped once too often: where it has a backslash and a letter, the file has the character itself. Send both texts unescaped.';
  }
  const bare = withoutBlankEnds(old);
  if (bare.length < old.length && bare.length > 0 && file.text.includes(bare.join('\n'))) {
    return 'Without the blank lines at its ends it would be there: leave them out of both texts, or copy them from the file.';
  }
  return undefined;
}

function withoutBlankEnds(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => !isBlank(line));
  const last = lines.findLastIndex((line) => !isBlank(line));
  return first < 0 ? [] : lines.slice(first, last + 1);
}
