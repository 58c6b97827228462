import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPyAgentError, PyAgentError } from '../kernel/index.ts';
import { native } from '../native/index.ts';
import { ioError, isErrno } from './io-error.ts';
import { limited } from './limited.ts';

/** Contents by their BLAKE3: originals and results, so that each can be put back byte by byte. */
export interface ObjectFolder {
  /** Makes contents durable; those already kept cost nothing. */
  keep(contents: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** The bytes behind a hash; fails with `state/object` when they are missing or damaged. */
  read(hash: string): Promise<Uint8Array>;
  /** Removes drafts that a killed process left behind. Only under the lock of the workspace. */
  sweep(): Promise<void>;
}

const DRAFT = '.draft';

/** The objects in `folder`, which is created when first needed. */
export function objectFolder(folder: string): ObjectFolder {
  const place = (hash: string) => join(folder, hash);

  const missing = async (hash: string, size: number) => {
    try {
      return (await stat(place(hash))).size !== size;
    } catch (cause) {
      if (isErrno(cause, 'ENOENT')) return true;
      throw cause;
    }
  };

  const keep = async (contents: ReadonlyMap<string, Uint8Array>) => {
    if (contents.size === 0) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const absent = await limited([...contents], async ([hash, bytes]) => missing(hash, bytes.length));
    const fresh = [...contents].filter((_, index) => absent[index]);
    const drafts = fresh.map(([hash]) => place(hash) + DRAFT);
    try {
      await limited(fresh, ([hash, bytes]) => writeFile(place(hash) + DRAFT, bytes, { mode: 0o600 }));
      await native().syncPaths(drafts);
      await limited(drafts, (draft) => rename(draft, draft.slice(0, -DRAFT.length)));
    } catch (cause) {
      await limited(drafts, (draft) => unlink(draft).catch(() => undefined));
      throw cause;
    }
    // Also when nothing is fresh: the process that wrote it may have been killed before this flush.
    await native().syncPaths([folder]);
  };

  return {
    keep: async (contents) => {
      try {
        await keep(contents);
      } catch (cause) {
        throw ioError('keep originals in', folder, cause);
      }
    },
    read: async (hash) => {
      const bytes = await readFile(place(hash)).catch((cause: unknown) => {
        throw isErrno(cause, 'ENOENT')
          ? damaged(place(hash), 'is missing', cause)
          : ioError('read', place(hash), cause);
      });
      if (native().hashBytes(bytes) !== hash) throw damaged(place(hash), 'is damaged');
      return bytes;
    },
    sweep: async () => {
      const names = await readdir(folder).catch(() => [] as string[]);
      await limited(
        names.filter((name) => name.endsWith(DRAFT)),
        (name) => unlink(join(folder, name)),
      );
    },
  };
}

/** The bytes behind a hash, or `undefined` when they are missing or damaged. */
export async function readIfSound(read: ObjectFolder['read'], hash: string): Promise<Uint8Array | undefined> {
  try {
    return await read(hash);
  } catch (error) {
    if (isPyAgentError(error, 'state/object')) return undefined;
    throw error;
  }
}

function damaged(path: string, what: string, cause?: unknown): PyAgentError {
  return new PyAgentError({
    code: 'state/object',
    message: `Expected the kept bytes at ${path}; the file ${what}. Restore the state folder from a backup.`,
    details: { path },
    cause,
  });
}
