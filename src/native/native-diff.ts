/** A side of a file's change; the path as bytes. */
export interface NativeDiffSide {
  path: Uint8Array;
  mode: number;
  bytes: Uint8Array;
}

/** One file of a patch; names and headings as bytes. */
export interface NativePatchFile {
  from?: Uint8Array;
  to?: Uint8Array;
  change: 'modify' | 'create' | 'delete' | 'rename' | 'copy';
  oldMode?: number;
  newMode?: number;
  similarity?: number;
  oldObject?: string;
  newObject?: string;
  binary?: 'differ' | 'git-patch';
  hunks: NativePatchHunk[];
}

export interface NativePatchHunk {
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
  heading: Uint8Array;
  body: Uint8Array;
}

export interface NativeRefusedHunk {
  hunk: number;
  reason: 'no-match' | 'ambiguous' | 'malformed' | 'exists' | 'leftover' | 'binary';
  nearest?: {
    line: number;
    matching: number;
    of: number;
    differs: { line: number; expected: Uint8Array; found?: Uint8Array }[];
  };
}

export interface NativeMergeSettings {
  style: 'merge' | 'diff3' | 'zdiff3';
  markerSize: number;
  ours: Uint8Array;
  base: Uint8Array;
  theirs: Uint8Array;
}

/** The differences of bytes; see `crates/diff`. Texts come back as strings where they are UTF-8. */
export interface NativeDiff {
  unifiedDiffs(
    pairs: { before: Uint8Array; after: Uint8Array; from: Uint8Array; to: Uint8Array }[],
    context: number,
    algorithm: string,
  ): (string | Uint8Array)[];
  fileDiff(
    before: NativeDiffSide | undefined,
    after: NativeDiffSide | undefined,
    context: number,
    algorithm: string,
  ): string | Uint8Array;
  /** Whether git would call the bytes binary. */
  isBinary(bytes: Uint8Array): boolean;
  parsePatch(patch: Uint8Array): NativePatchFile[] | { line?: number; message: string };
  reversePatch(file: NativePatchFile): NativePatchFile;
  applyPatch(
    before: Uint8Array,
    file: NativePatchFile,
    fuzz: number,
  ): {
    bytes?: Uint8Array;
    hunks?: { line: number; offset: number; fuzz: number }[];
    failures?: NativeRefusedHunk[];
  };
  mergeTexts(
    base: Uint8Array,
    ours: Uint8Array,
    theirs: Uint8Array,
    settings: NativeMergeSettings,
  ): { bytes: Uint8Array; conflicts: { base: Uint8Array; ours: Uint8Array; theirs: Uint8Array; line: number }[] };
  /** Like `mergeTexts`, then by the syntax of the language that the path tells; see `crates/merge`. */
  mergeFile(
    path: string,
    base: Uint8Array,
    ours: Uint8Array,
    theirs: Uint8Array,
    settings: NativeMergeSettings,
  ): {
    bytes: Uint8Array;
    /** Absent where conflicts are left. */
    by?: 'text' | 'syntax';
    conflicts: { base: Uint8Array; ours: Uint8Array; theirs: Uint8Array; line: number }[];
    doubt?: string;
  };
}
