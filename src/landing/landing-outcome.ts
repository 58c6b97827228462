/** What holds the changes of a run that left the tree as it was. */
export type LandedAs =
  /** A file that `git apply` takes, and `patch -p1` too where nothing in it is binary. */
  | { kind: 'patch'; file: string }
  /** A commit on top of HEAD; `ref` keeps it reachable. */
  | { kind: 'commit'; commit: string; ref: string }
  | { kind: 'branch'; commit: string; branch: string }
  | { kind: 'pull-request'; commit: string; branch: string; remote: string; url: string };

/** A change that the form of landing cannot hold. */
export interface LeftOut {
  path: string;
  reason: string;
}

/** A file that the user has edited since the last commit in the place that the run changed. */
export interface LandingConflict {
  path: string;
  detail: string;
}

/** What became of landing. Except for `landed`, nothing was made. */
export type LandingOutcome =
  | {
      kind: 'landed';
      as: LandedAs;
      leftOut: readonly LeftOut[];
      /** Files with uncommitted edits: the change of the run alone was put onto the committed version. */
      merged: readonly string[];
      /** Other files with uncommitted edits, which a commit leaves out: they were in the tree while the run was checked. */
      uncommitted: readonly string[];
    }
  | { kind: 'conflict'; conflicts: readonly LandingConflict[] }
  | { kind: 'refused'; reason: string };

/** What became of the request to publish a branch. After `refused` the branch still stands. */
export type PublishOutcome =
  | { kind: 'published'; as: LandedAs & { kind: 'pull-request' } }
  /** `finish`: the commands that do by hand what is left. */
  | { kind: 'refused'; reason: string; finish: readonly string[] };
