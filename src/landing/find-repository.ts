import type { ObjectFormat } from '../diff/index.ts';
import type { Git } from './git.ts';
import { saidBy } from './git.ts';

/** The git repository around a folder. */
export interface GitRepository {
  /** The top of the work tree; absolute. */
  top: string;
  gitDir: string;
  /** From the top to the folder, `/` at its end; empty when the folder is the top. */
  prefix: string;
  format: ObjectFormat;
  /** The commit that HEAD names. Absent: there is none yet. */
  head?: string;
  /** The branch that HEAD is on, without `refs/heads/`. Absent: HEAD is detached. */
  branch?: string;
}

/** What {@link findRepository} found. */
export type RepositoryFinding = { kind: 'found'; repository: GitRepository } | { kind: 'refused'; reason: string };

/** Looks for the work tree that git itself would find; its own words when there is none that it trusts. */
export async function findRepository(git: Git): Promise<RepositoryFinding> {
  const asked = ['--show-toplevel', '--absolute-git-dir', '--show-object-format', '--show-prefix'];
  const { code, stdout, stderr } = await git.ask(['rev-parse', ...asked]);
  if (code !== 0) return { kind: 'refused', reason: saidBy(stderr, code) };
  const [top = '', gitDir = '', format = '', prefix = ''] = stdout.split('\n');
  if (stdout.includes('\uFFFD')) {
    return { kind: 'refused', reason: `the name of the folder ${top} is not valid UTF-8; give it another one` };
  }
  const found = { top, gitDir, prefix, format: format === 'sha256' ? ('sha256' as const) : ('sha1' as const) };
  const on = await git.ask(['symbolic-ref', '-q', 'HEAD']);
  const ref = on.code === 0 ? on.stdout.trim() : undefined;
  const branch = ref?.startsWith('refs/heads/') ? { branch: ref.slice('refs/heads/'.length) } : {};
  const head = await git.ask(['rev-parse', '-q', '--verify', 'HEAD^{commit}']);
  if (head.code === 0) return { kind: 'found', repository: { ...found, ...branch, head: head.stdout.trim() } };
  // A branch without a commit is a new repository; a branch that names a commit which is gone is a broken one.
  const isUnborn = ref !== undefined && (await git.ask(['show-ref', '--verify', '-q', ref])).code !== 0;
  if (isUnborn) return { kind: 'found', repository: { ...found, ...branch } };
  return { kind: 'refused', reason: 'HEAD names no commit; git fsck tells what is broken' };
}
