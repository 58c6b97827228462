import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment, RunCommand } from '../sandbox/index.ts';
import type { GitRepository } from './find-repository.ts';
import { type Git, saidBy, whyNotRun } from './git.ts';
import type { LandedAs, PublishOutcome } from './landing-outcome.ts';
import { shellWord } from './shell-word.ts';

/** What a pull request is opened with. */
export interface PullRequestPlace {
  git: Git;
  repository: GitRepository;
  root: string;
  env: Environment;
  runCommand: RunCommand;
  signal?: AbortSignal | undefined;
}

/** Where a pull request goes. */
export interface PullRequestTarget {
  remote: string;
  /** The branch it asks to change. Absent: the default branch of the repository, which `gh` knows. */
  base?: string;
}

/** What {@link pullRequestTarget} found. */
export type TargetFinding = { kind: 'found'; target: PullRequestTarget } | { kind: 'refused'; reason: string };

/** Pushes and hooks may take long, but not for ever: nobody may be there to end them. */
const LONGEST_MS = 15 * 60 * 1000;

/** Looks, without the network, for what opening a pull request will need. */
export async function pullRequestTarget(place: PullRequestPlace): Promise<TargetFinding> {
  const { root, runCommand } = place;
  const version = await runCommand({ argv: ['gh', '--version'], cwd: root, env: ghEnvironment(place.env) });
  if (version.kind !== 'exited' || version.code !== 0) {
    const why = version.kind === 'exited' ? saidBy(version.stderr, version.code) : whyNotRun(version);
    const reason = `a pull request needs GitHub's command gh: ${why}. Install it from https://cli.github.com and sign in with gh auth login, or use --land branch`;
    return { kind: 'refused', reason };
  }
  const remote = await pushRemote(place);
  const known = (await place.git.read(['remote'])).split('\n');
  if (!known.includes(remote)) {
    const reason = `a pull request needs a remote to push to, and there is no remote ${remote}; add it with git remote add ${remote} <address>, or use --land branch`;
    return { kind: 'refused', reason };
  }
  const base = await baseBranch(place, remote);
  return { kind: 'found', target: { remote, ...(base === undefined ? {} : { base }) } };
}

/** As `git push` chooses it for the branch that HEAD is on, else `origin`. */
async function pushRemote({ git, repository: { branch } }: PullRequestPlace): Promise<string> {
  const keys = [...(branch ? [`branch.${branch}.pushRemote`] : []), 'remote.pushDefault'];
  for (const key of [...keys, ...(branch ? [`branch.${branch}.remote`] : [])]) {
    const remote = await configured(git, key);
    if (remote !== undefined && remote !== '.') return remote;
  }
  return 'origin';
}

/** The branch that HEAD is on, as the remote calls it; `undefined` when the remote is not known to have it. */
async function baseBranch({ git, repository: { branch } }: PullRequestPlace, remote: string) {
  if (branch === undefined) return undefined;
  const upstream = await configured(git, `branch.${branch}.merge`);
  const own = (await configured(git, `branch.${branch}.remote`)) !== '.';
  if (own && upstream?.startsWith('refs/heads/')) return upstream.slice('refs/heads/'.length);
  const seen = await git.ask(['show-ref', '--verify', '-q', `refs/remotes/${remote}/${branch}`]);
  return seen.code === 0 ? branch : undefined;
}

async function configured(git: Git, key: string): Promise<string | undefined> {
  const { code, stdout } = await git.ask(['config', '--get', key]);
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** What is published. */
export interface Publication {
  branch: LandedAs & { kind: 'branch' };
  target: PullRequestTarget;
  title: string;
  body: string;
  /** For the text of the request. */
  scratch: string;
}

/** Pushes the branch and opens the pull request, as the user would: with their hooks, their credentials, their `gh`. */
export async function publish(publication: Publication, place: PullRequestPlace): Promise<PublishOutcome> {
  const { branch, target } = publication;
  const ref = `refs/heads/${branch.branch}`;
  const push = ['push', target.remote, `${ref}:${ref}`];
  const create = createArguments(publication);
  const byHand = ['gh', ...create, '--fill'].map(shellWord).join(' ');
  const { signal } = place;
  const options = { settings: [], signal, timeoutMs: LONGEST_MS };
  const pushed = await place.git.ask(push, options).catch((error: Error) => ({ code: 1, stderr: error.message }));
  if (pushed.code !== 0) {
    const reason = `the branch could not be pushed to ${target.remote}: ${saidBy(pushed.stderr, pushed.code)}`;
    return { kind: 'refused', reason, finish: [['git', ...push].map(shellWord).join(' '), byHand] };
  }
  const opened = await open(publication, create, place);
  if (opened.kind === 'failed') {
    const reason = `the branch was pushed to ${target.remote}, but gh could not open the pull request: ${opened.reason}`;
    return { kind: 'refused', reason, finish: [byHand] };
  }
  const { commit } = branch;
  const as = { kind: 'pull-request', branch: branch.branch, commit, remote: target.remote, url: opened.url } as const;
  return { kind: 'published', as };
}

function createArguments({ branch, target, title }: Publication): string[] {
  const base = target.base === undefined ? [] : ['--base', target.base];
  return ['pr', 'create', '--head', branch.branch, ...base, '--title', title];
}

async function open(
  { body, scratch }: Publication,
  create: readonly string[],
  { runCommand, root, env, signal }: PullRequestPlace,
): Promise<{ kind: 'opened'; url: string } | { kind: 'failed'; reason: string }> {
  const file = join(scratch, 'pull-request.md');
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  await writeFile(file, body);
  try {
    const argv = ['gh', ...create, '--body-file', file];
    const done = await runCommand({ argv, cwd: root, env: ghEnvironment(env), signal, timeoutMs: LONGEST_MS });
    if (done.kind !== 'exited') return { kind: 'failed', reason: whyNotRun(done) };
    if (done.code !== 0) return { kind: 'failed', reason: saidBy(done.stderr, done.code) };
    const url = done.stdout.split(/\s+/).findLast((word) => /^https?:\/\//.test(word));
    return url === undefined ? { kind: 'failed', reason: 'it named no address' } : { kind: 'opened', url };
  } finally {
    await rm(file, { force: true });
  }
}

function ghEnvironment(env: Environment): Environment {
  return { ...env, GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1', NO_COLOR: '1' };
}
