import { access, constants, opendir, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { usageError } from './usage-error.ts';

/**
 * The real, absolute path of the repository that `path` names (relative to `cwd`). Refuses with code 2, one sentence and
 * what to do: a path that does not exist, is not a folder, cannot be read, or loops.
 */
export async function repositoryPath(path: string, cwd: string): Promise<string> {
  if (path.trim() === '') throw usageError('--path is empty. Give the folder of the repository.', { path });
  if (path.includes('\0')) throw usageError('--path contains a null character. Give the folder of the repository.');
  const full = resolve(cwd, path);
  try {
    const real = await realpath(full);
    if (!(await stat(real)).isDirectory()) {
      throw usageError(`${full} is a file, not a folder. Give the folder of the repository.`, { path: full });
    }
    await access(real, constants.R_OK | constants.X_OK);
    // access() asks about the real user on some systems; opening is the proof.
    await (await opendir(real)).close();
    return real;
  } catch (error) {
    throw described(full, error);
  }
}

function described(path: string, error: unknown): unknown {
  const details = { path, errno: (error as NodeJS.ErrnoException).code };
  switch (details.errno) {
    case 'ENOENT':
      return usageError(`${path} does not exist. Check the spelling of --path.`, details, error);
    case 'ENOTDIR':
      return usageError(`${path} does not exist: a part of the path is a file. Check --path.`, details, error);
    case 'EACCES':
    case 'EPERM':
      return usageError(`${path} cannot be read (permission denied). Grant yourself access to it.`, details, error);
    case 'ELOOP':
      return usageError(`${path} is a symbolic link that leads back to itself. Give the real folder.`, details, error);
    case 'ENAMETOOLONG':
      return usageError('--path is longer than this system allows. Check --path.', details, error);
    default:
      return error;
  }
}
