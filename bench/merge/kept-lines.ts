import { diffArrays } from 'diff';
import type { MergeCase } from './merge-case.ts';

/**
 * Why a merged text lacks what a side did, or has too much; `undefined` when nothing is wrong. For each line (without
 * its indentation and separator) the result may have as many as the base, plus what the sides added, less what they
 * took away, where what both did counts once or twice. Where a list on one line was merged no such line needs to exist;
 * then the words of the file are counted in the same way.
 */
export function missingFrom(merge: MergeCase, result: string): string | undefined {
  const lines = outOfBounds(merge, result, linesOf);
  if (lines === undefined) return undefined;
  const words = outOfBounds(merge, result, wordsOf);
  return words === undefined ? undefined : `${lines}; ${words}`;
}

type Split = (text: string) => string[];

const linesOf: Split = (text) =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/[,;]$/, ''))
    // Brackets and keywords alone repeat so often that no alignment tells which one was meant.
    .filter((line) => (line.match(/[\p{L}\p{N}]/gu)?.length ?? 0) > 6);

const wordsOf: Split = (text) => text.match(/[\p{L}\p{N}_$]+/gu) ?? [];

function outOfBounds({ base, ours, theirs }: MergeCase, result: string, split: Split): string | undefined {
  const before = split(base);
  const [start, end] = [count(before), count(split(result))];
  const [our, their] = [edits(before, split(ours)), edits(before, split(theirs))];
  const all = new Set([...start.keys(), ...end.keys(), ...our.added.keys(), ...their.added.keys()]);
  for (const unit of all) {
    const of = (counts: Map<string, number>) => counts.get(unit) ?? 0;
    const added = [of(our.added), of(their.added)] as const;
    const removed = [of(our.removed), of(their.removed)] as const;
    const least = of(start) + Math.max(...added) - removed[0] - removed[1];
    const most = of(start) + added[0] + added[1] - Math.max(...removed);
    if (of(end) < least || of(end) > most) return `${of(end)} of "${unit}" instead of ${least} to ${most}`;
  }
  return undefined;
}

function edits(before: string[], after: string[]): { added: Map<string, number>; removed: Map<string, number> } {
  const parts = diffArrays(before, after);
  return {
    added: count(parts.filter((part) => part.added).flatMap((part) => part.value)),
    removed: count(parts.filter((part) => part.removed).flatMap((part) => part.value)),
  };
}

function count(units: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const unit of units) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  return counts;
}
