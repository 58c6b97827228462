import type { GitRepository } from './find-repository.ts';
import { type Git, saidBy } from './git.ts';

/** Why a new branch cannot have this name; `undefined` when it can. */
export async function whyNoBranch(branch: string, { git, repository }: BranchPlace): Promise<string | undefined> {
  const checked = await git.ask(['check-ref-format', '--branch', branch]);
  // `@{-1}` and its like are names of other branches: what git makes of them must be what was written.
  if (checked.code !== 0 || checked.stdout.trim() !== branch) {
    return `"${branch}" is not a name for a branch; git help check-ref-format tells the rules`;
  }
  if (branch === repository.branch) return `HEAD is on the branch ${branch}; name another one with --branch`;
  const [first] = branch.split('/');
  const listed = await git.read(['for-each-ref', '--format=%(refname)', `refs/heads/${first}`]);
  const taken = listed
    .split('\n')
    .filter((ref) => ref !== '')
    .map((ref) => ref.slice('refs/heads/'.length));
  // A ref is a file in git's folders: `a` and `a/b` exclude each other.
  const clash = taken.find((name) => name === branch || name.startsWith(`${branch}/`) || branch.startsWith(`${name}/`));
  if (clash === branch) return `there is a branch ${branch} already; name another one with --branch`;
  return clash === undefined
    ? undefined
    : `there cannot be a branch ${branch} beside the branch ${clash}; name another one with --branch`;
}

/** Where a branch is made. */
export interface BranchPlace {
  git: Git;
  repository: GitRepository;
}

/** Makes `ref` name `commit`, unless it exists by now. Gives git's words when it could not. */
export async function makeRef(
  ref: string,
  commit: string,
  { git, why }: { git: Git; why: string },
): Promise<string | undefined> {
  const none = '0'.repeat(commit.length);
  // A branch has a log from its first day; whether other refs have one is the user's setting.
  const log = ref.startsWith('refs/heads/') ? ['--create-reflog'] : [];
  const { code, stderr } = await git.ask(['update-ref', '-m', why, ...log, ref, commit, none]);
  return code === 0 ? undefined : saidBy(stderr, code);
}
