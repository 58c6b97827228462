import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PyAgentError } from '../kernel/index.ts';
import { withPyAgentErrors } from './native-error.ts';
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

/** An exclusive lock on a workspace. The system frees it when the process ends, however it ends. */
export interface NativeLock {
  release(): void;
}

/** The code analysis; requests and answers are JSON. */
export interface NativeCodeIndex {
  analyze(request: string): Promise<string>;
  importOrders(request: string): Promise<string>;
}

/** What the addon offers. All of it fails with {@link PyAgentError}. */
export interface Native {
  /** Hash of the sources that the addon was built from. */
  sourceHash(): string;
  /** BLAKE3 in lower-case hexadecimal. */
  hashBytes(bytes: Uint8Array): string;
  /** BLAKE3 of a file, read in pieces off the event loop. */
  hashFile(path: string): Promise<string>;
  /** Flushes files and folders to the disk, in parallel. */
  syncPaths(paths: string[]): Promise<void>;
  /** Swaps two existing names in one step; `details.errno` is `ENOTSUP` or `EIO` where the file system cannot. */
  exchange(first: string, second: string): void;
  /** Renames, never over an existing name (`details.errno` `EEXIST`). */
  renameNew(from: string, to: string): void;
  /** Takes the lock on a file, or throws `store/busy` with `details.holder`, a process id. */
  lockWorkspace(path: string): NativeLock;
  openStore(path: string, migrations: string[]): Promise<NativeStore>;
  createCodeIndex(): NativeCodeIndex;
  /** A word for the state of each file that is neither ignored nor vendored, as a JSON object by path. */
  stampTree(root: string): Promise<string>;
}

let loaded: Native | undefined;

/** The addon, loaded on the first call. Fails with `native/missing` or `native/stale`. */
export function native(): Native {
  loaded ??= load(packageRoot(import.meta.url));
  return loaded;
}

function load(root: string): Native {
  const require = createRequire(join(root, 'package.json'));
  if (!existsSync(join(root, 'crates'))) return withPyAgentErrors(loadPublished(require));
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

function loadPublished(require: NodeJS.Require): Native {
  const names = platformPackages(process.platform, process.arch);
  for (const name of names) {
    try {
      require.resolve(name);
    } catch {
      continue;
    }
    return open(require, name);
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
