import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PyAgentError } from '../kernel/index.ts';
import type { NativeCopies } from './native-copies.ts';
import type { NativeDiff } from './native-diff.ts';
import { withPyAgentErrors } from './native-error.ts';
import type { NativeRedactionScanner, NativeRedactionSettings } from './native-redaction.ts';
import { packageRoot } from './package-root.ts';
import { sourceHash } from './source-hash.ts';

/** A value that SQLite stores. Integers beyond 2^53 come back as `bigint`, all others as `number`. */
export type SqlValue = null | bigint | number | string | Uint8Array;

/** One writing statement of a batch. */
export interface SqlStatement {
  /** One SQL statement, with `?1`-style parameters. */
  sql: string;
  params: SqlValue[];
  /** How many rows it must change, or the whole batch is refused (`store/guard`). Default: any number. */
  expect?: number;
}

/** An open store; see `crates/store`. */
export interface NativeStore {
  /** The number of rows that each statement changed, once the batch is durable. */
  commit(statements: SqlStatement[]): Promise<number[]>;
  query(sql: string, params: SqlValue[]): Promise<{ columns: string[]; rows: SqlValue[][] }>;
  /** What is damaged in the file; empty when nothing is. */
  check(): Promise<string[]>;
  close(): Promise<void>;
}

/**
 * What stands at a path; see `crates/files`. Which fields are there depends on `kind`: hash, mode, size, owner, id
 * (which file it is) and linked (more than one name leads to it) of a file, mode of a folder, target of a symbolic link.
 */
export interface NativeState {
  kind: string;
  hash?: string;
  mode?: number;
  size?: number;
  owner?: number[];
  id?: string;
  linked?: boolean;
  target?: string;
}

/** A path that shall change. */
export interface NativeChange {
  path: string;
  /** Names the temporary file. */
  seq: number;
  seen: NativeState;
  to: NativeState;
  /** Change the bytes where they are. Default: no. */
  inPlace?: boolean;
  /** Put a file of its own here, also where only the mode differs. Default: no. */
  separate?: boolean;
  /** A path that holds the very file that shall stand here too. */
  sameFile?: string;
}

/** Contents by their BLAKE3; see `crates/files`. Missing or damaged ones are `state/object`. */
export interface NativeObjects {
  /** Opens the work tree whose originals are kept here. */
  openTree(root: string): NativeTree;
  keep(contents: Uint8Array[]): Promise<void>;
  read(hash: string): Promise<Uint8Array>;
  isSound(hash: string): Promise<boolean>;
  list(): Promise<{ hash: string; size: number }[]>;
  remove(hashes: string[]): Promise<void>;
  /** Removes drafts that a killed process left behind. */
  sweep(): Promise<void>;
}

/** A whole tree at one time; see `crates/files`. */
export interface NativeManifest {
  /** Bytes of all files. */
  size(): number;
  /** Paths that could not be read. */
  unread(): string[];
  /** Makes the contents of all files durable, then the manifest; or gives the paths that changed meanwhile. */
  keep(): Promise<{ hash?: string; changed: string[] }>;
  /** What differs from it now, sorted by path. */
  differences(): Promise<{ path: string; before: NativeState; after: NativeState }[]>;
}

/** A work tree held open; see `crates/files`. Paths are relative to its root; refused ones are `state/path`. */
export interface NativeTree {
  /** Throws `state/moved` when the path of the root leads elsewhere by now. */
  checkPlace(): void;
  /** The one true name of each path: no symbolic link among its parents. */
  resolve(paths: string[]): Promise<string[]>;
  observe(paths: string[]): Promise<{ state: NativeState; identity?: string }[]>;
  readFile(path: string): Promise<Uint8Array>;
  /** Gives the paths that somebody else changed meanwhile; they are left as they are. */
  apply(transaction: string, changes: NativeChange[]): Promise<string[]>;
  /** Writes kept bytes over a file where it is. */
  overwrite(path: string, to: NativeState): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** Whether a file is what an overwriting between two of these contents left when it was cut off. */
  isTorn(path: string, hashes: string[]): Promise<boolean>;
  /** Whether a file holds the start of one of these contents. */
  isDraftOf(path: string, hashes: string[]): Promise<boolean>;
  /** Flushes everything on the file system of the root. */
  sync(): Promise<void>;
  /** Flushes the folders of paths. */
  syncFolders(paths: string[]): Promise<void>;
  /** Keeps the contents of files durably; gives the paths that hold something else by now. */
  keepFiles(files: { path: string; hash: string }[]): Promise<string[]>;
  /**
   * Reads the whole tree but `.git`; with `skipMade` without what tools make and can make again. `cache` is a file that
   * remembers hashes.
   */
  scan(skipMade: boolean, cache?: string): Promise<NativeManifest>;
  /** A manifest that was kept. */
  loadManifest(hash: string): Promise<NativeManifest>;
  /** Every path of the files with these identities. */
  find(identities: string[]): Promise<{ identity: string; path: string }[]>;
  /** Everything below a folder (`''`: the root), parents first. */
  below(folder: string): Promise<string[]>;
}

/** An exclusive lock on a workspace. The system frees it when the process ends, however it ends. */
export interface NativeLock {
  release(): void;
}

/** The code analysis; requests and answers are JSON. */
export interface NativeCodeIndex {
  analyze(request: string): Promise<string>;
  importOrders(request: string): Promise<string>;
}

/** What a sandbox could consist of on this machine. */
export interface NativeSandboxSupport {
  /** `linux`, `macos`, `windows`. */
  system: string;
  /** Whether user namespaces can be made and used. */
  namespaces: boolean;
  /** Version of the Landlock interface; 0: none. */
  landlock: number;
  /** Whether system calls can be filtered on this processor. */
  seccomp: boolean;
}

/** What the addon offers. All of it fails with {@link PyAgentError}. */
export interface Native extends NativeCopies, NativeDiff {
  /** Hash of the sources that the addon was built from. */
  sourceHash(): string;
  /** BLAKE3 in lower-case hexadecimal. */
  hashBytes(bytes: Uint8Array): string;
  /** Flushes files and folders to the disk, in parallel. */
  syncPaths(paths: string[]): Promise<void>;
  /** Creates a folder and those above it, durably and closed to other users. */
  makeFolder(path: string): Promise<void>;
  /** The contents kept in a folder, which is created when first needed. */
  openObjects(folder: string): NativeObjects;
  /**
   * Takes the lock on a file, or throws `store/busy` with `details.holder`, the record of whoever has it. `record`
   * stands in the file while the lock is held.
   */
  lockWorkspace(path: string, record: string): NativeLock;
  /** The record of whoever holds the lock on a file; `null` when it is free. Changes nothing. */
  workspaceHolder(path: string): string | null;
  openStore(path: string, migrations: string[]): Promise<NativeStore>;
  createCodeIndex(): NativeCodeIndex;
  /** A word for the state of each file that is neither ignored nor vendored, as a JSON object by path. */
  stampTree(root: string): Promise<string>;
  /** What the machine offers to keep commands apart; see `crates/sandbox`. */
  sandboxSupport(): NativeSandboxSupport;
  redactionScanner(settings: NativeRedactionSettings): NativeRedactionScanner;
}

let loaded: Native | undefined;

/** The addon, loaded on the first call. Fails with `native/missing` or `native/stale`. */
export function native(): Native {
  loaded ??= load(packageRoot(import.meta.url));
  return loaded;
}

/** Path of the helper that isolates commands, `pyagent-sandbox`, beside the addon. It may be missing. */
export function sandboxHelperPath(): string {
  const root = packageRoot(import.meta.url);
  if (isCheckout(root)) return join(root, 'dist', 'native', 'pyagent-sandbox');
  const require = createRequire(join(root, 'package.json'));
  return join(dirname(require.resolve(publishedAddon(require))), 'pyagent-sandbox');
}

function isCheckout(root: string): boolean {
  return existsSync(join(root, 'crates'));
}

function load(root: string): Native {
  const require = createRequire(join(root, 'package.json'));
  if (!isCheckout(root)) return withPyAgentErrors(open(require, publishedAddon(require)));
  const path = join(root, 'dist', 'native', 'pyagent.node');
  if (!existsSync(path)) {
    throw missing(`Expected the native addon at ${path}, found none: run \`npm run prepare\` (it needs cargo).`);
  }
  const addon = open(require, path);
  const expected = sourceHash(root);
  if (addon.sourceHash() !== expected) {
    throw new PyAgentError({
      code: 'native/stale',
      message: `The native addon at ${path} was built from other sources than this checkout: run \`npm run prepare\`.`,
      details: { path, expected, found: addon.sourceHash() },
    });
  }
  return withPyAgentErrors(addon);
}

/** The package of the platform's addon. */
function publishedAddon(require: NodeJS.Require): string {
  const names = platformPackages(process.platform, process.arch);
  for (const name of names) {
    try {
      require.resolve(name);
    } catch {
      continue;
    }
    return name;
  }
  throw missing(
    `Expected one of the packages ${names.join(', ')} beside pyagent, found none: install pyagent again without ` +
      `--omit=optional; if it stays away, there is no prebuilt addon for ${process.platform}-${process.arch}.`,
  );
}

/** The addon packages that may fit this machine, by napi-rs' convention; npm installs the one whose libc matches. */
export function platformPackages(platform: NodeJS.Platform, arch: NodeJS.Architecture): string[] {
  const suffixes = platform === 'linux' ? ['-gnu', '-musl'] : platform === 'win32' ? ['-msvc'] : [''];
  return suffixes.map((suffix) => `@pyagent/native-${platform}-${arch}${suffix}`);
}

function open(require: NodeJS.Require, target: string): Native {
  try {
    return require(target) as Native;
  } catch (cause) {
    throw new PyAgentError({
      code: 'native/missing',
      message: `The native addon ${target} does not load on this machine: ${(cause as Error).message}`,
      details: { target },
      cause,
    });
  }
}

function missing(message: string): PyAgentError {
  return new PyAgentError({ code: 'native/missing', message });
}
