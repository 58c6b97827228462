import { join } from 'node:path';
import { makeRef, whyNoBranch } from './branch.ts';
import { buildCommit } from './build-commit.ts';
import { findRepository } from './find-repository.ts';
import type { Git } from './git.ts';
import { entryChanges } from './git-entry.ts';
import type { Landing, LandingOptions, LandingWork } from './landing.ts';
import type { LandedAs, LandingOutcome, PublishOutcome } from './landing-outcome.ts';
import type { LandingRequest } from './landing-request.ts';
import { publish, pullRequestTarget } from './pull-request.ts';
import { gitRefused, readyUnless, refused } from './refusal.ts';

interface CommitLandingOptions extends Omit<LandingOptions, 'request'> {
  git: Git;
  request: Exclude<LandingRequest, { mode: 'patch' }>;
}

/** Lands as a commit: with a ref of our own, with a new branch, or with a branch that becomes a pull request. */
export function commitLanding(options: CommitLandingOptions): Landing {
  const local: Landing = {
    check: () => gitRefused(() => check(options)),
    land: (work) => gitRefused(() => land(options, work)),
  };
  if (options.request.mode !== 'pull-request') return local;
  return {
    ...local,
    publish: async (made, work) => {
      const outcome = await gitRefused(() => publishBranch(options, made, work));
      return outcome.kind === 'refused' ? { finish: [], ...outcome } : outcome;
    },
  };
}

/** The branch to make. Absent: the commit stands for itself. */
function branchOf({ request, run }: CommitLandingOptions): string | undefined {
  return request.mode === 'commit' ? undefined : (request.branch ?? `pyagent/${run}`);
}

async function check(options: CommitLandingOptions): ReturnType<Landing['check']> {
  const { git, request } = options;
  const finding = await findRepository(git);
  const form = `landing as a ${request.mode.replace('-', ' ')}`;
  if (finding.kind === 'refused') return refused(`${form} needs a git repository: ${finding.reason}`);
  const { repository } = finding;
  const nobody = await whyNobody(git);
  if (nobody !== undefined) return refused(`${form} needs a name: ${nobody}`);
  const branch = branchOf(options);
  const why = branch === undefined ? undefined : await whyNoBranch(branch, { git, repository });
  if (why !== undefined || request.mode !== 'pull-request') return readyUnless(why);
  const target = await pullRequestTarget({ ...options, repository });
  return target.kind === 'refused' ? target : { kind: 'ready' };
}

/** Why there is nobody to name as the author; what git would guess from the machine's name counts as nobody. */
async function whyNobody(git: Git): Promise<string | undefined> {
  for (const who of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    if ((await git.ask(['var', who])).code === 0) continue;
    return 'git does not know whose commit it is; tell it with git config user.name "Your Name" and git config user.email you@example.org';
  }
  return undefined;
}

async function land(options: CommitLandingOptions, work: LandingWork): Promise<LandingOutcome> {
  const { git, run, scratch } = options;
  const finding = await findRepository(git);
  if (finding.kind === 'refused') return finding;
  const { held, leftOut } = await entryChanges(work.changes, work.read);
  const built = await buildCommit({
    git,
    repository: finding.repository,
    folder: join(scratch, 'landing'),
    changes: held,
    message: `${work.title}\n\n${work.description}`,
  });
  if (built.kind !== 'built') return built;
  const { commit, merged, uncommitted } = built;
  const branch = branchOf(options);
  const ref = branch === undefined ? `refs/pyagent/${run}` : `refs/heads/${branch}`;
  const why = await makeRef(ref, commit, { git, why: `pyagent: ${work.title}` });
  if (why !== undefined) return refused(`the ref ${ref} could not be made: ${why}`);
  const as: LandedAs = branch === undefined ? { kind: 'commit', commit, ref } : { kind: 'branch', commit, branch };
  return { kind: 'landed', as, leftOut: [...leftOut, ...built.leftOut], merged, uncommitted };
}

async function publishBranch(
  options: CommitLandingOptions,
  branch: LandedAs & { kind: 'branch' },
  { title, description }: Pick<LandingWork, 'title' | 'description'>,
): Promise<PublishOutcome> {
  const finding = await findRepository(options.git);
  if (finding.kind === 'refused') return { ...finding, finish: [] };
  const place = { ...options, repository: finding.repository };
  const found = await pullRequestTarget(place);
  if (found.kind === 'refused') return { ...found, finish: [] };
  const scratch = join(options.scratch, 'landing');
  return publish({ branch, target: found.target, title, body: description, scratch }, place);
}
