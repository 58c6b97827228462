import { existsSync } from 'node:fs';
import type { HistoryLimits, LeaseHolder, LeaseWait, PruneOutcome } from '../state/index.ts';
import { auditAppended } from '../store/index.ts';
import type { HistoryContext } from './history.ts';
import { type HeldWorkspace, holdWorkspace, workspaceFolder } from './workspace-folder.ts';

/** What `pyagent runs prune` is asked for. */
export interface HistoryPruning extends HistoryLimits {
  dryRun: boolean;
  /** Default: a repository that is in use is told at once. */
  wait?: LeaseWait;
}

/** What was pruned. */
export type PruningOutcome =
  | ({ kind: 'pruned' } & PruneOutcome)
  | { kind: 'nothing'; message: string }
  | { kind: 'busy'; message: string; holder?: LeaseHolder };

/** Bounds the history of a repository. */
export async function pruneHistory(pruning: HistoryPruning, context: HistoryContext): Promise<PruningOutcome> {
  const { wait, ...request } = pruning;
  const { host, clock, root, stateHome } = context;
  if (!existsSync(workspaceFolder(stateHome, root).store)) {
    return { kind: 'nothing', message: `No run has been recorded for ${root} yet.` };
  }
  const holding = await holdWorkspace({
    ...context,
    claim: { task: 'prune', ...(host === undefined ? {} : { host }) },
    ...(wait === undefined ? {} : { wait }),
  });
  if (holding.kind === 'busy') return holding;
  const { files, store, close } = holding.workspace;
  try {
    const outcome = await files.prune(request);
    if (!request.dryRun) {
      const data = { runs: outcome.runs.map(({ run }) => run), before: outcome.before, after: outcome.after };
      await store.commit([auditAppended({ time: clock.now(), kind: 'history.pruned', data })]);
    }
    return { kind: 'pruned', ...outcome };
  } finally {
    await close();
  }
}

/**
 * Keeps the history within the limits after a run. A failure is told and is no failure of the run, whose changes have
 * landed by now.
 */
export async function boundHistory(
  { files }: Pick<HeldWorkspace, 'files'>,
  limits: HistoryLimits,
  emit: (kind: string, data: unknown) => void,
): Promise<void> {
  try {
    if (!(await files.exceeds(limits))) return;
    const { runs, before, after } = await files.prune(limits);
    emit('history.pruned', { runs: runs.map(({ run }) => run), before, after });
  } catch (error) {
    emit('history.prune-failed', { message: error instanceof Error ? error.message : String(error) });
  }
}
