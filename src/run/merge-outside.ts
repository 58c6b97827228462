import { mergeFile } from '../diff/index.ts';
import type { MergeFile } from '../state/index.ts';

/** Merges a file of a run with an edit of somebody else: by lines, then by the syntax of its language. */
export const mergeOutside: MergeFile = (versions) => {
  const merged = mergeFile(versions, { style: 'diff3', labels: LABELS });
  return merged.kind === 'clean' ? merged : { kind: 'conflict', bytes: merged.bytes };
};

/** What stands behind conflict markers. */
const LABELS = { ours: 'what is there now', base: 'what both started from', theirs: 'what pyagent wanted' };
