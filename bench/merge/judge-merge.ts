import { missingFrom } from './kept-lines.ts';
import { languageOf, type MergeCase } from './merge-case.ts';
import type { OutsideReader, Parts } from './outside-reader.ts';

/**
 * Why a merge that calls itself clean is wrong; `undefined` when it is right. It parses where its three versions do,
 * each part that one side changed is as that side has it, and no line is lost or doubled.
 */
export async function wrongMerge(reader: OutsideReader, merge: MergeCase, result: string): Promise<string | undefined> {
  if (merge.right !== undefined) return result === merge.right ? undefined : 'not the known result';
  const [base, ours, theirs] = [
    await reader.read(merge.path, merge.base),
    await reader.read(merge.path, merge.ours),
    await reader.read(merge.path, merge.theirs),
  ];
  const merged = await reader.read(merge.path, result);
  if (base !== undefined && ours !== undefined && theirs !== undefined) {
    if (merged === undefined) return 'it does not parse';
    const part = wrongPart(merge.path, { base, ours, theirs, merged });
    if (part !== undefined) return part;
  }
  return missingFrom(merge, result);
}

function wrongPart(
  path: string,
  { base, ours, theirs, merged }: Record<'base' | 'ours' | 'theirs' | 'merged', NonNullable<Parts>>,
): string | undefined {
  for (const name of new Set([...base.keys(), ...ours.keys(), ...theirs.keys(), ...merged.keys()])) {
    const [b, o, t, m] = [base, ours, theirs, merged].map((parts) => parts.get(name));
    const wanted = o === t || t === b ? [o] : o === b ? [t] : undefined;
    if (wanted !== undefined && !wanted.includes(m)) return `${name} is not as the side that changed it has it`;
    if (wanted === undefined && m === undefined && o !== undefined && t !== undefined) return `${name} is lost`;
    // A value is not half of each; a part with lines of its own may be.
    if (wanted === undefined && languageOf(path) === 'json' && m !== o && m !== t && !m?.startsWith('['))
      return `${name} is neither side's`;
  }
  return undefined;
}
