import { PyAgentError } from '../kernel/index.ts';

/** The codes that this room throws with. Collisions with somebody else's edits are results instead. */
export type StateErrorCode =
  /** Not a path of a file beneath the root. */
  | 'state/path'
  /** Something other than what the operation is for stands there: a folder, a device. */
  | 'state/kind'
  /** The disk is full. */
  | 'state/full'
  /** The file or its folder may not be read or written. */
  | 'state/denied'
  /** The file system failed. */
  | 'state/io'
  /** Another process, or another part of this one, works on the workspace. */
  | 'state/busy'
  /** A process that ended left a transaction open: recover first. */
  | 'state/unrecovered'
  /** The transaction has ended. */
  | 'state/ended'
  /** The workspace was moved or deleted while it was worked on. */
  | 'state/moved'
  /** A kept original is missing or damaged. */
  | 'state/object'
  /** A parallel workspace is still being written while it is merged. */
  | 'state/unsettled'
  /** This platform cannot do it. */
  | 'state/unsupported'
  /** The journal is not what was written: the store is damaged. */
  | 'state/journal'
  /** No such run, undo or redo. */
  | 'state/unknown-run'
  /** The run changed no file of that name. */
  | 'state/path-not-found';

/** Whether `error` carries one of these system codes. */
export function isErrno(error: unknown, ...codes: string[]): boolean {
  return codes.includes(errnoOf(error));
}

function errnoOf(error: unknown): string {
  if (error instanceof PyAgentError) return String((error.details as { errno?: unknown }).errno ?? '');
  return String((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** The same failure as an error of this room, with the path and what to do. */
export function ioError(operation: string, path: string, cause: unknown): unknown {
  if (cause instanceof PyAgentError && cause.code.startsWith('state/')) return cause;
  const errno = errnoOf(cause);
  const [code, advice] = adviceFor(errno);
  return new PyAgentError({
    code,
    message: `Could not ${operation} ${path} (${errno || (cause as Error).message}): ${advice}.`,
    details: { path, errno },
    cause,
  });
}

function adviceFor(errno: string): [StateErrorCode, string] {
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errno)) return ['state/full', 'free some space and run again'];
  if (['EACCES', 'EPERM', 'EROFS'].includes(errno)) {
    return ['state/denied', 'make it readable and writable for you and run again'];
  }
  return ['state/io', 'check the disk and run again'];
}
