import { parsePatch, unifiedDiff } from '../diff/index.ts';
import { PyAgentError } from '../kernel/index.ts';

/** Lines of the old text that the edit replaces by lines of its new text; indexes from 0, either count may be 0. */
export interface EditHunk {
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
}

/**
 * What an edit changes: the difference of its own two texts, line by line. Everything else is context. Lines are the
 * same when their keys are; default: when they are equal.
 */
export function editHunks(
  oldLines: readonly string[],
  newLines: readonly string[],
  key: (line: string) => string = (line) => line,
): EditHunk[] {
  // Numbers stand for the lines, so that their content cannot matter to the diff.
  const numbers = new Map<string, number>();
  const numbered = (lines: readonly string[]): Uint8Array => {
    const text = lines.map((line) => {
      const known = numbers.get(key(line)) ?? numbers.size;
      numbers.set(key(line), known);
      return `${known}\n`;
    });
    return Buffer.from(text.join(''));
  };
  const diff = unifiedDiff(numbered(oldLines), numbered(newLines), { context: 0 });
  if (diff === '') return [];
  const parsed = parsePatch(diff);
  if (parsed.kind === 'refused') throw unreadable(parsed.message);
  const hunks = parsed.files[0]?.hunks ?? [];
  // A side without lines names the line before it.
  return hunks.map(({ oldStart, oldCount, newStart, newCount }) => ({
    oldStart: oldCount === 0 ? oldStart : oldStart - 1,
    oldCount,
    newStart: newCount === 0 ? newStart : newStart - 1,
    newCount,
  }));
}

function unreadable(found: string): PyAgentError {
  return new PyAgentError({
    code: 'edits/diff',
    message: `Expected the diff of two texts to be a patch, found another thing (${found}): this is a mistake in PyAgent.`,
  });
}
