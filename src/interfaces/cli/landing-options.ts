import { resolve } from 'node:path';
import type { LandingMode, LandingRequest } from '../../landing/index.ts';
import { usageError } from './usage-error.ts';

/** The flags that say more about where a run lands. */
export interface LandingOptions {
  branch?: string;
  patchFile?: string;
}

/** Where the run lands; `undefined` for in place. A flag that belongs to another way of landing is refused with code 2. */
export function landingRequest(
  mode: LandingMode,
  { branch, patchFile }: LandingOptions,
  cwd: string,
): LandingRequest | undefined {
  const named = { '--branch': branch, '--patch-file': patchFile };
  for (const [flag, value] of Object.entries(named)) {
    if (value?.trim() === '') throw usageError(`${flag} is empty. Give a name, or leave the flag out.`, { flag });
  }
  if (branch !== undefined && mode !== 'branch' && mode !== 'pull-request') throw stray('--branch', 'branch', mode);
  if (patchFile !== undefined && mode !== 'patch') throw stray('--patch-file', 'patch', mode);
  switch (mode) {
    case 'in-place':
      return undefined;
    case 'patch':
      return { mode, folder: cwd, ...(patchFile === undefined ? {} : { file: resolve(cwd, patchFile) }) };
    case 'commit':
      return { mode };
    default:
      return { mode, ...(branch === undefined ? {} : { branch }) };
  }
}

function stray(flag: string, wanted: LandingMode, mode: LandingMode): Error {
  return usageError(`${flag} goes with --land ${wanted}, and this run lands with --land ${mode}. Change one of them.`, {
    flag,
    land: mode,
  });
}
