import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { PyAgentError } from '../kernel/index.ts';
import { ioError, isErrno } from './io-error.ts';

/** The start of the names that this room gives its temporary files. */
export const TEMPORARY = '.pyagent-';

/**
 * Resolves paths of one workspace to their one true name: relative to the root, `/` between parts, no symbolic link
 * among the parents. Refuses (`state/path`) what leads outside, into `.git`, or to a temporary file of this room.
 * Remembers folders, so it is made anew for each operation.
 */
export function pathResolver(root: string): (path: string) => Promise<string> {
  const folders = new Map<string, Promise<string>>();

  /** The true place of a folder that may not exist yet. */
  const trueFolder = (folder: string): Promise<string> => {
    const known = folders.get(folder) ?? findFolder(folder);
    folders.set(folder, known);
    return known;
  };
  const findFolder = async (folder: string): Promise<string> => {
    if (folder === root) return root;
    try {
      return await realpath(folder);
    } catch (cause) {
      if (!isErrno(cause, 'ENOENT')) throw ioError('resolve', folder, cause);
      return join(await trueFolder(dirname(folder)), basename(folder));
    }
  };

  return async (path) => {
    checkSpelling(path);
    const absolute = join(root, path);
    const place = join(await trueFolder(dirname(absolute)), basename(absolute));
    const inside = relative(root, place).split(sep).join('/');
    if (inside.startsWith('../') || inside === '..' || inside === '') {
      throw refused(path, `a symbolic link leads out of the workspace, to ${place}`);
    }
    checkSpelling(inside);
    return inside;
  };
}

function checkSpelling(path: string): void {
  const parts = (process.platform === 'win32' ? path.replaceAll('\\', '/') : path).split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..') || path.includes('\0')) {
    throw refused(path, 'it is absolute, or has empty, `.` or `..` parts');
  }
  if (process.platform === 'win32' && path.includes(':')) throw refused(path, 'it names a drive or a stream');
  // Node replaces bytes that are not UTF-8 by this character: the true name is not known.
  if (path.includes('\uFFFD')) throw refused(path, 'its name is not valid UTF-8');
  if (parts.some((part) => part.toLowerCase() === '.git')) throw refused(path, "git's own files are never touched");
  if (parts.some((part) => part.startsWith(TEMPORARY))) throw refused(path, 'the name is reserved');
}

function refused(path: string, reason: string): PyAgentError {
  return new PyAgentError({
    code: 'state/path',
    message: `Expected the path of a file in the workspace, relative to its root, found ${JSON.stringify(path)}: ${reason}.`,
    details: { path },
  });
}
