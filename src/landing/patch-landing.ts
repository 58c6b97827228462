import { join } from 'node:path';
import type { ObjectFormat } from '../diff/index.ts';
import { findRepository } from './find-repository.ts';
import type { Git } from './git.ts';
import { entryChanges } from './git-entry.ts';
import type { Landing, LandingOptions } from './landing.ts';
import type { LandingRequest } from './landing-request.ts';
import { patchText } from './patch-text.ts';
import { readyUnless, refused, told } from './refusal.ts';
import { whyNoPatch, writePatch } from './write-patch.ts';

/** Lands as a patch file. Needs no git. */
export function patchLanding(
  options: Omit<LandingOptions, 'request'> & { git: Git; request: LandingRequest & { mode: 'patch' } },
): Landing {
  const { git, run, scratch, request } = options;
  const file = request.file ?? join(request.folder, `${run}.patch`);
  return {
    check: async () => readyUnless(await whyNoPatch(file)),
    land: async ({ changes, read }) => {
      const { held, leftOut } = await entryChanges(changes, read);
      if (held.length === 0) return refused(`a patch would hold nothing of this run${told(leftOut)}`);
      const text = patchText(held, await objectFormat(git));
      const why = await writePatch(file, text, join(scratch, 'landing'));
      return why === undefined
        ? { kind: 'landed', as: { kind: 'patch', file }, leftOut, merged: [], uncommitted: [] }
        : refused(why);
    },
  };
}

/** Without git or a repository nobody compares ids, and git's first hash is as good as any. */
async function objectFormat(git: Git): Promise<ObjectFormat> {
  const finding = await findRepository(git).catch(() => undefined);
  return finding?.kind === 'found' ? finding.repository.format : 'sha1';
}
