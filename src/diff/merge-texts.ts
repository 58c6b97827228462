import { type NativeMergeSettings, native } from '../native/index.ts';

export interface MergeInput {
  base: Uint8Array;
  ours: Uint8Array;
  theirs: Uint8Array;
}

export interface MergeOptions {
  /** `merge` shows both sides cut down to what differs, `diff3` also the base, `zdiff3` the base and less of the sides. */
  style?: 'merge' | 'diff3' | 'zdiff3';
  /** What stands behind the markers. Default: `ours`, `base` and `theirs`; `''` for nothing. */
  labels?: { ours?: string; base?: string; theirs?: string };
  /** Characters of a marker. Default: 7. */
  markerSize?: number;
}

/** What both sides changed differently. */
export interface MergeConflict {
  /** What stood there before; in style `merge` that of the whole region that the conflict was cut out of. */
  base: Uint8Array;
  ours: Uint8Array;
  theirs: Uint8Array;
  /** Line of the merged text, counted from 1, where the first marker stands. */
  line: number;
}

export type MergedTexts =
  | { kind: 'clean'; bytes: Uint8Array }
  | { kind: 'conflict'; bytes: Uint8Array; conflicts: MergeConflict[] };

/**
 * Merges two changed texts line by line, as `git merge-file` does. Bytes that are not text and were changed on both
 * sides are one conflict, whose `bytes` are ours without markers.
 */
export function mergeTexts({ base, ours, theirs }: MergeInput, options: MergeOptions = {}): MergedTexts {
  const { bytes, conflicts } = native().mergeTexts(base, ours, theirs, mergeSettings(options));
  return conflicts.length === 0 ? { kind: 'clean', bytes } : { kind: 'conflict', bytes, conflicts };
}

/** The options as the addon takes them, with their defaults. */
export function mergeSettings({ labels, style = 'merge', markerSize = 7 }: MergeOptions): NativeMergeSettings {
  return {
    style,
    markerSize,
    ours: Buffer.from(labels?.ours ?? 'ours'),
    base: Buffer.from(labels?.base ?? 'base'),
    theirs: Buffer.from(labels?.theirs ?? 'theirs'),
  };
}
