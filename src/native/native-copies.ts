/** What shall be copied; see `crates/files`. */
export interface NativeCopyRequest {
  source: string;
  /** Created; must not exist. */
  target: string;
  /** Where the writable layers of overlays are put. Default: dependency and build folders are copied. */
  layers?: string;
}

/** What a copy came to. Paths are relative to its root. */
export interface NativeCopyReport {
  entries: number;
  bytes: number;
  /** Whether the copy shares blocks with the original. */
  reflink: boolean;
  heavy: { path: string; strategy: 'reflink' | 'overlay' | 'copy' }[];
  git: string[];
  skipped: { path: string; reason: 'special' | 'vanished' | 'replaced' }[];
  leading: string[];
}

/** What stands at a path; which fields are there depends on `kind`, as in `NativeState`. */
export interface NativeCopiedState {
  kind: string;
  hash?: string;
  mode?: number;
  size?: number;
  target?: string;
}

/** A copy of a work tree and what was copied. */
export interface NativeTreeCopy {
  report(): NativeCopyReport;
  /** How the copy differs from what was copied, in the order of the paths. */
  changes(): Promise<{ path: string; before: NativeCopiedState; after: NativeCopiedState }[]>;
  /** The bytes behind a hash of the copy; `null` when they were too large to be kept. */
  base(hash: string): Promise<Uint8Array | null>;
}

/** The contents that files had when they were copied, each once for all copies. */
export interface NativeBasePool {
  copyWorkTree(request: NativeCopyRequest): Promise<NativeTreeCopy>;
  /** Lets go of the file; the contents are gone then. */
  close(): void;
}

/** Disposable copies of work trees. Absent where the platform has none of it (Windows). */
export interface NativeCopies {
  /** Creates the file of a pool, which must not exist. */
  createBasePool(path: string): NativeBasePool;
  /** Removes a folder with all that is in it; what is mounted there is an error (`state/path`). */
  removeWorkTree(path: string): Promise<void>;
  /** Unmounts everything below a folder and says where that was. */
  unmountAllBelow(folder: string): Promise<string[]>;
}
