import { lstat, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mergeFile } from '../diff/index.ts';
import type { GitRepository } from './find-repository.ts';
import type { Git } from './git.ts';
import type { EntryChange, GitEntry } from './git-entry.ts';
import { quotedPath } from './git-path.ts';
import type { LandingConflict, LeftOut } from './landing-outcome.ts';
import { type PrivateTree, privateTree } from './private-tree.ts';

/** What a commit is made of. */
export interface CommitRequest {
  git: Git;
  repository: GitRepository;
  /** A folder of our own; made anew and removed. */
  folder: string;
  /** Paths relative to the root of the run. */
  changes: readonly EntryChange[];
  message: string;
}

/** What {@link buildCommit} made: an object that nothing points to yet. */
export type BuiltCommit =
  | { kind: 'built'; commit: string; leftOut: LeftOut[]; merged: string[]; uncommitted: string[] }
  | { kind: 'conflict'; conflicts: LandingConflict[] }
  | { kind: 'refused'; reason: string };

/**
 * Makes a commit on top of HEAD that holds the changes of a run and nothing else. A file that the user had edited since
 * HEAD is not committed with those edits: the run's own change is merged onto HEAD's version, or the commit is refused.
 * Throws `landing/git` when git fails.
 */
export async function buildCommit(request: CommitRequest): Promise<BuiltCommit> {
  try {
    return await build(request);
  } finally {
    await rm(request.folder, { recursive: true, force: true });
  }
}

async function build({ git, repository, folder, changes, message }: CommitRequest): Promise<BuiltCommit> {
  const { top, prefix, head } = repository;
  const nested = await insideNested(top, prefix, changes);
  if (nested !== undefined) return { kind: 'refused', reason: nested };
  const tree = await privateTree(repository, git, folder);
  await tree.reset();
  const all = changes.map((change) => ({ ...change, path: prefix + change.path }));
  const ignored = await tree.ignored(all.map(({ path }) => path));
  const leftOut = [...ignored].map((path) => ({ path: path.slice(prefix.length), reason: 'git ignores it' }));
  const wanted = all.filter(({ path }) => !ignored.has(path));
  const based = await ontoHead(wanted, tree, prefix);
  if (based.kind === 'conflict') return based;
  await tree.stage(based.staging);
  const written = await tree.writeTree();
  if (head !== undefined && written === (await git.read(['rev-parse', `${head}^{tree}`])).trim()) {
    const why = leftOut.length > 0 ? `: ${leftOut.map(({ path, reason }) => `${path}: ${reason}`).join('; ')}` : '';
    return { kind: 'refused', reason: `a commit would hold nothing of this run${why}` };
  }
  const parent = head === undefined ? [] : ['-p', head];
  const commit = await git.read(['commit-tree', '--no-gpg-sign', written, ...parent, '-F', '-'], { stdin: message });
  const own = all.map(({ path }) => path);
  const uncommitted = head === undefined ? [] : await uncommittedBeside(git, top, own);
  return { kind: 'built', commit: commit.trim(), leftOut, merged: based.merged, uncommitted };
}

/** Tracked files with edits since HEAD, as git names them, without the run's own. Looks at the user's index and leaves it. */
async function uncommittedBeside(git: Git, top: string, own: readonly string[]): Promise<string[]> {
  // The user's own settings for the index hold here, but for what would start a process.
  const settings = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.splitIndex=false', 'core.quotePath=true'];
  const asked = ['status', '--porcelain', '--no-renames', '--untracked-files=no', '--ignore-submodules'];
  const known = new Set(own.map(quotedPath));
  const listed = (await git.read(asked, { cwd: top, settings })).split('\n').map((line) => line.slice(3));
  return listed.filter((path) => path !== '' && !known.has(path));
}

/** A path in a submodule, or in a repository that lies in this one, is for that repository to commit. */
async function insideNested(top: string, prefix: string, changes: readonly EntryChange[]): Promise<string | undefined> {
  const seen = new Map<string, boolean>();
  for (const { path } of changes) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      const known = seen.get(folder) ?? (await exists(join(top, prefix, folder, '.git')));
      seen.set(folder, known);
      if (known) return `${path} lies in ${folder}, a repository of its own; run PyAgent on that folder`;
    }
  }
  return undefined;
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

type Based =
  | { kind: 'based'; staging: Map<string, GitEntry | undefined>; merged: string[] }
  | { kind: 'conflict'; conflicts: LandingConflict[] };

/** What each path shall be on top of HEAD. Leaves the index as HEAD's. */
async function ontoHead(changes: readonly EntryChange[], tree: PrivateTree, prefix: string): Promise<Based> {
  const paths = changes.map(({ path }) => path);
  await tree.stage(new Map(changes.map(({ path, before }) => [path, before])));
  const edited = await tree.differing(paths);
  await tree.reset();
  const staging = new Map(changes.map(({ path, after }) => [path, after]));
  const modes = await tree.modes([...edited]);
  const isMergeable = ({ path, before, after }: EntryChange) =>
    [before?.mode, after?.mode, modes.get(path)].every((mode) => mode?.startsWith('100'));
  const mergeable = changes.filter((change) => edited.has(change.path) && isMergeable(change));
  const versions = await tree.checkedOut(mergeable.map(({ path }) => path));
  const conflicts: LandingConflict[] = [];
  const merged: string[] = [];
  for (const change of changes.filter(({ path }) => edited.has(path))) {
    const path = change.path.slice(prefix.length);
    const ours = versions.get(change.path);
    const result = ours && mergeOnto(change, { mode: modes.get(change.path) ?? '', bytes: ours });
    if (result) {
      staging.set(change.path, result);
      merged.push(path);
    } else conflicts.push({ path, detail: whyNotMerged(change, modes.has(change.path)) });
  }
  return conflicts.length > 0 ? { kind: 'conflict', conflicts } : { kind: 'based', staging, merged };
}

function whyNotMerged({ before, after }: EntryChange, inHead: boolean): string {
  if (before && !inHead) return 'it is not part of the last commit; commit it first';
  if (before && after) return 'it has uncommitted edits in the same place; commit or stash them first';
  return `it has uncommitted edits and the run ${after ? 'makes' : 'removes'} it; commit or stash them first`;
}

/** The change of the run alone, on HEAD's version of the file; `undefined` when they touch the same lines. */
function mergeOnto(
  { path, before, after }: EntryChange,
  head: { mode: string; bytes: Uint8Array },
): GitEntry | undefined {
  if (!before || !after) return undefined;
  const mode = before.mode === after.mode ? (head.mode as GitEntry['mode']) : after.mode;
  const merged = mergeFile({ path, base: before.bytes, ours: head.bytes, theirs: after.bytes });
  return merged.kind === 'clean' ? { mode, bytes: merged.bytes } : undefined;
}
