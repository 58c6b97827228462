import { missingFrom } from './kept-lines.ts';
import { languageOf, type MergeCase } from './merge-case.ts';
import type { OutsideReader, Parts } from './outside-reader.ts';

type Versions<T> = Record<'base' | 'ours' | 'theirs' | 'merged', T>;

/**
 * Why a merge that calls itself clean is wrong; `undefined` when it is right. It parses where its three versions do,
 * each part that one side changed is as that side has it, and no line is lost or doubled: not in a part that both sides
 * changed, and not outside the parts.
 */
export async function wrongMerge(reader: OutsideReader, merge: MergeCase, result: string): Promise<string | undefined> {
  const { path, base, ours, theirs, right } = merge;
  if (right !== undefined) return result === right ? undefined : 'not the known result';
  const [b, o, t, m] = [
    await reader.read(path, base),
    await reader.read(path, ours),
    await reader.read(path, theirs),
    await reader.read(path, result),
  ];
  if (b === undefined || o === undefined || t === undefined) return missingFrom(merge, result);
  if (m === undefined) return 'it does not parse';
  const parts = { base: b, ours: o, theirs: t, merged: m };
  const part = wrongPart(merge, parts);
  if (part !== undefined) return part;
  if (!isCode(path)) return missingFrom(merge, result);
  const outside = { base: without(base, b), ours: without(ours, o), theirs: without(theirs, t) };
  return missingFrom({ ...merge, ...outside }, without(result, m));
}

const isCode = (path: string) => ['script', 'python'].includes(languageOf(path) ?? '');

function wrongPart(merge: MergeCase, parts: Versions<NonNullable<Parts>>): string | undefined {
  const names = new Set(Object.values(parts).flatMap((each) => [...each.keys()]));
  for (const name of names) {
    const [b, o, t, m] = [parts.base, parts.ours, parts.theirs, parts.merged].map((each) => each.get(name));
    if (o === t || t === b || o === b) {
      if (m !== (o === b ? t : o)) return `${name} is not as the side that changed it has it`;
    } else if (m === undefined) {
      if (o !== undefined && t !== undefined) return `${name} is lost`;
    } else if (isCode(merge.path)) {
      const missing = missingFrom({ ...merge, base: b ?? '', ours: o ?? '', theirs: t ?? '' }, m);
      if (missing !== undefined) return `${name}: ${missing}`;
    } else if (m !== o && m !== t && !m.startsWith('[')) return `${name} is neither side's`;
  }
  return undefined;
}

/** A text without its parts, which are judged one by one. */
function without(text: string, parts: NonNullable<Parts>): string {
  return [...parts.values()].reduce((rest, part) => (part === '' ? rest : rest.replace(part, () => '')), text);
}
