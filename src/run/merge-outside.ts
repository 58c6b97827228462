import { mergeTexts } from '../diff/index.ts';
import type { MergeFile } from '../state/index.ts';

/** Merges a file of a run with an edit of somebody else. */
export const mergeOutside: MergeFile = ({ base, ours, theirs }) => {
  const merged = mergeTexts({ base, ours, theirs }, { style: 'diff3', labels: LABELS });
  if (merged.kind === 'clean') return { ...merged, by: 'text' };
  return { kind: 'conflict', bytes: merged.bytes };
};

/** What stands behind conflict markers. */
const LABELS = { ours: 'what is there now', base: 'what both started from', theirs: 'what pyagent wanted' };
