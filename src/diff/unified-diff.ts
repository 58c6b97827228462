import { type NativeDiffSide, native } from '../native/index.ts';
import { binaryPatch, type ObjectFormat } from './binary-patch.ts';
import { bytesOfPath } from './path-bytes.ts';

/**
 * `adaptive` is histogram, or Myers where that is shorter and most lines change: it reads best and is short. `histogram`
 * is the fastest; `myers-minimal` the shortest, and slow where little is in common.
 */
export type DiffAlgorithm = 'adaptive' | 'histogram' | 'myers' | 'myers-minimal';

export interface DiffOptions {
  /** Unchanged lines around each change. Default: 3, as in git. */
  context?: number;
  /** Default: `adaptive`. */
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
  return native().unifiedDiffs(named, options.context ?? 3, options.algorithm ?? 'adaptive');
}

export interface FileDiffOptions extends DiffOptions {
  /** Bytes that are not text become a `GIT binary patch`, which git can apply, not a line to read. Default: false. */
  binary?: boolean;
  /** Git refuses a binary patch that names objects in another way than its repository. Default: `sha1`. */
  objectFormat?: ObjectFormat;
}

/**
 * The change of one file as a patch that `git apply` accepts, with `diff --git`, modes, renames and links. A side that
 * is `undefined` does not exist. `''` when nothing differs.
 */
export function fileDiff(
  before: DiffSide | undefined,
  after: DiffSide | undefined,
  options: FileDiffOptions = {},
): string | Uint8Array {
  const { context = 3, algorithm = 'adaptive', binary = false, objectFormat = 'sha1' } = options;
  // What turns from a file into a link is two changes; only one of them may be binary.
  if (binary && before && after && (before.mode ^ after.mode) >> 12 !== 0) {
    return joined([fileDiff(before, undefined, options), fileDiff(undefined, after, options)]);
  }
  const patch = native().fileDiff(nativeSide(before), nativeSide(after), context, algorithm);
  if (!binary || typeof patch !== 'string') return patch;
  const line = patch.lastIndexOf('\n', patch.length - 2) + 1;
  if (!patch.startsWith('Binary files ', line)) return patch;
  return patch.slice(0, line) + binaryPatch(before, after, objectFormat);
}

function joined(patches: (string | Uint8Array)[]): string | Uint8Array {
  if (patches.every((patch) => typeof patch === 'string')) return patches.join('');
  return Buffer.concat(patches.map((patch) => (typeof patch === 'string' ? Buffer.from(patch) : patch)));
}

function nativeSide(side: DiffSide | undefined): NativeDiffSide | undefined {
  return side && { ...side, path: bytesOfPath(side.path) };
}
