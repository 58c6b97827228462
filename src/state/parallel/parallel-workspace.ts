import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PyAgentError } from '../../kernel/index.ts';
import type { NativeBasePool, NativeCopyReport, NativeTreeCopy } from '../../native/index.ts';
import { type FileState, fileState } from '../file-state.ts';
import { ioError, isErrno } from '../io-error.ts';
import { type GitCopy, privateGit } from './private-git.ts';
import { discard } from './sweep-workspaces.ts';

/** A path of a parallel workspace that is not as it was when the workspace was made. */
export interface WorkspaceChange {
  path: string;
  kind: 'added' | 'removed' | 'modified' | 'mode' | 'kind';
  before: FileState;
  after: FileState;
}

/** One agent's own copy of the repository. */
export interface ParallelWorkspace {
  readonly name: string;
  /** Absolute; the folder is called like the repository's. */
  readonly root: string;
  /** What the copy came to: dependency folders and how they are shared, what was left out. */
  readonly report: NativeCopyReport;
  /** For each `.git` of the original (relative path), whether the copy has a repository of its own there. */
  readonly git: ReadonlyMap<string, GitCopy>;
  /** What the agent changed, in the order of the paths; dependency and build folders are not looked into. */
  changes(): Promise<WorkspaceChange[]>;
  /** The bytes that a file had when the workspace was made; `undefined` for those above 1 MiB. */
  base(hash: string): Promise<Uint8Array | undefined>;
  /** Unmounts and removes the copy. Idempotent. */
  close(): Promise<void>;
}

/** What {@link makeWorkspace} needs. */
export interface WorkspaceRequest {
  /** The repository. */
  source: string;
  /** A folder for this workspace alone; it must not exist. */
  folder: string;
  name: string;
  pool: NativeBasePool;
  mayMount: boolean;
}

/** Copies the repository. When that fails, nothing of the copy is left. */
export async function makeWorkspace(request: WorkspaceRequest): Promise<ParallelWorkspace> {
  const { source, folder, name } = request;
  const root = join(folder, 'tree', basename(source));
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    if (!isErrno(cause, 'EEXIST')) throw ioError('create', folder, cause);
    throw new PyAgentError({
      code: 'state/busy',
      message: `Expected the name of a new parallel workspace, found that ${name} is open: close it or take another name.`,
      details: { name },
    });
  }
  try {
    await mkdir(join(folder, 'tree'));
    const layers = request.mayMount ? { layers: join(folder, 'layers') } : {};
    const copy = await request.pool.copyWorkTree({ source, target: root, ...layers });
    const report = copy.report();
    const git = new Map<string, GitCopy>();
    for (const path of report.git) git.set(path, await privateGit(join(source, path), join(root, path)));
    return opened(name, root, folder, { copy, report, git });
  } catch (cause) {
    await discard(folder);
    throw ioError('copy', source, cause);
  }
}

interface Made {
  copy: NativeTreeCopy;
  report: NativeCopyReport;
  git: ReadonlyMap<string, GitCopy>;
}

function opened(name: string, root: string, folder: string, { copy, report, git }: Made): ParallelWorkspace {
  return {
    name,
    root,
    report,
    git,
    changes: async () => {
      const changes = await copy.changes().catch((cause: unknown) => {
        throw ioError('read', root, cause);
      });
      return changes.map(({ path, before, after }) => change(path, fileState(before), fileState(after)));
    },
    base: async (hash) => (await copy.base(hash)) ?? undefined,
    close: () => discard(folder),
  };
}

function change(path: string, before: FileState, after: FileState): WorkspaceChange {
  return { path, kind: changeKind(before, after), before, after };
}

function changeKind(before: FileState, after: FileState): WorkspaceChange['kind'] {
  if (before.kind === 'absent') return 'added';
  if (after.kind === 'absent') return 'removed';
  if (before.kind !== after.kind) return 'kind';
  if (before.kind === 'folder') return 'mode';
  return before.kind === 'file' && after.kind === 'file' && before.hash === after.hash ? 'mode' : 'modified';
}
