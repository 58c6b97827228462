import { type NativeDiffSide, native } from '../native/index.ts';
import { bytesOfPath } from './path-bytes.ts';

/** `histogram` reads best and is fastest; `myers-minimal` is the shortest, and slow where little is in common. */
export type DiffAlgorithm = 'histogram' | 'myers' | 'myers-minimal';

export interface DiffOptions {
  /** Unchanged lines around each change. Default: 3, as in git. */
  context?: number;
  /** Default: `histogram`. */
  algorithm?: DiffAlgorithm;
}

export interface UnifiedDiffOptions extends DiffOptions {
  /** The name after `---`, with git's `a/`; `/dev/null` for a file that did not exist. Default: `a/file`. */
  from?: string;
  /** The name after `+++`. Default: `b/file`. */
  to?: string;
}

/** Two contents and their names in the diff. */
export interface DiffPair {
  before: Uint8Array;
  after: Uint8Array;
  /** Default: `a/file`. */
  from?: string;
  /** Default: `b/file`. */
  to?: string;
}

/** One side of a file's change. */
export interface DiffSide {
  /** Below the root of the repository, without `a/`. */
  path: string;
  /** As git keeps it: 0o100644, 0o100755, or 0o120000 for a link, whose bytes are its target. */
  mode: number;
  bytes: Uint8Array;
}

/**
 * The unified diff of two contents: `---`, `+++` and hunks. A string where all of it is UTF-8, else bytes; `''` when
 * they are equal, and git's line `Binary files a/x and b/x differ` when one of them is not text.
 */
export function unifiedDiff(
  before: Uint8Array,
  after: Uint8Array,
  options: UnifiedDiffOptions = {},
): string | Uint8Array {
  const { from, to } = options;
  const pair = { before, after, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return unifiedDiffs([pair], options)[0] as string | Uint8Array;
}

/** The same for many pairs in one call, in their order. */
export function unifiedDiffs(pairs: DiffPair[], options: DiffOptions = {}): (string | Uint8Array)[] {
  const named = pairs.map(({ before, after, from, to }) => ({
    before,
    after,
    from: bytesOfPath(from ?? 'a/file'),
    to: bytesOfPath(to ?? 'b/file'),
  }));
  return native().unifiedDiffs(named, options.context ?? 3, options.algorithm ?? 'histogram');
}

/**
 * The change of one file as a patch that `git apply` accepts, with `diff --git`, modes, renames and links. A side that
 * is `undefined` does not exist. `''` when nothing differs.
 */
export function fileDiff(
  before: DiffSide | undefined,
  after: DiffSide | undefined,
  options: DiffOptions = {},
): string | Uint8Array {
  const context = options.context ?? 3;
  return native().fileDiff(nativeSide(before), nativeSide(after), context, options.algorithm ?? 'histogram');
}

function nativeSide(side: DiffSide | undefined): NativeDiffSide | undefined {
  return side && { ...side, path: bytesOfPath(side.path) };
}
