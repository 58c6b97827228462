import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type IdPrefix, PyAgentError } from '../kernel/index.ts';
import { native } from '../native/index.ts';
import type { SqlStatement, Store } from '../store/index.ts';
import type { CaptureOptions, CaptureOutcome } from './capture.ts';
import { diffRun, type RunDiff } from './diff-run.ts';
import { type HistoryEntry, readHistory } from './history.ts';
import { ioError } from './io-error.ts';
import { type LeaseClaim, type LeaseWait, takeLease } from './lease.ts';
import type { NetChange } from './net-change.ts';
import { objectFolder, openTree } from './object-folder.ts';
import type { Operation } from './operation.ts';
import { sweepWorkspaces } from './parallel/sweep-workspaces.ts';
import { exceeds, type PruneOutcome, type PruneRequest, prune } from './prune.ts';
import type { HistoryLimits } from './prune-choice.ts';
import { openTransactions, type Recovered, recover } from './recovery.ts';
import type { ReplayTarget } from './replay-choice.ts';
import { type MergeFile, neverMerge } from './three-way.ts';
import {
  type CaptureConflict,
  type CommitOutcome,
  type CommitRows,
  FileTransaction,
  type RollbackOutcome,
  type Savepoint,
  type TransactionContext,
  type WriteOutcome,
} from './transaction.ts';
import { type ReplayOutcome, replay } from './undo.ts';

/** What {@link openWorkspace} needs. */
export interface WorkspaceOptions {
  /** The repository: an existing folder. */
  root: string;
  /** Where originals, conflicts and the lock live; created when missing. Never inside the root. */
  stateFolder: string;
  store: Store;
  clock: Clock;
  newId: (prefix: IdPrefix) => string;
  /** Merges a file with an edit of somebody else. Default: nothing is merged, every collision is a conflict. */
  merge?: MergeFile;
  /** What others are told who find the workspace taken. Default: the process id. */
  claim?: LeaseClaim;
  /** Default: a workspace that is taken is an error at once. */
  wait?: LeaseWait;
}

/** An open file transaction. Calls are carried out one after the other. */
export interface Transaction {
  readonly id: string;
  readonly run: string;
  /** The bytes of a file as it is now; `undefined` when there is no file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Writes one file. New folders are made as needed. */
  write(path: string, bytes: Uint8Array, options?: { mode?: number; expect?: string }): Promise<WriteOutcome>;
  remove(path: string, options?: { expect?: string }): Promise<WriteOutcome>;
  rename(from: string, to: string): Promise<WriteOutcome>;
  mkdir(path: string): Promise<WriteOutcome>;
  /** Carries out all operations or none, with one flush for all; each path once. */
  writeAll(operations: readonly Operation[]): Promise<WriteOutcome>;
  /**
   * Lets `work` (a command, say) change the tree as it likes, and makes what it did part of the transaction: taken back,
   * undone and redone with it. All contents are kept before it begins; a file that changes meanwhile counts as its doing.
   */
  capture<T>(work: () => Promise<T>, options?: CaptureOptions): Promise<CaptureOutcome<T> | CaptureConflict>;
  savepoint(name: string): Promise<Savepoint>;
  /** Puts files back to where they were; later savepoints are gone. */
  rollbackTo(savepoint: Savepoint): Promise<RollbackOutcome>;
  /** What differs from before the transaction, one change per path. */
  changes(): NetChange[];
  /** The bytes behind a hash of {@link Transaction.changes}: originals and results are kept. */
  content(hash: string): Promise<Uint8Array>;
  /** Lands everything, together with rows of other rooms, in one commit. On a conflict nothing is committed. */
  commit(rows?: CommitRows): Promise<CommitOutcome>;
  /** Puts everything back, and commits rows of other rooms with that. */
  rollback(rows?: CommitRows): Promise<RollbackOutcome>;
}

/** One repository, held by this process alone. */
export interface Workspace {
  /** The true path of the repository. */
  readonly root: string;
  /** Rolls back what killed processes left open, and removes their parallel workspaces; must be called before {@link Workspace.begin}. */
  recover(): Promise<Recovered[]>;
  /** Opens the one transaction of this workspace. */
  begin(options: { run: string; title: string }): Promise<Transaction>;
  /** Takes back a run; default: the one that landed last. All or nothing. */
  undo(run?: string, statements?: readonly SqlStatement[]): Promise<ReplayOutcome>;
  /** Brings back a run; default: the one that was undone last. All or nothing. */
  redo(run?: string, statements?: readonly SqlStatement[]): Promise<ReplayOutcome>;
  /** Undo or redo of a run, of some of its files, or of an earlier undo or redo. All or nothing. */
  replay(target: ReplayTarget, statements?: readonly SqlStatement[]): Promise<ReplayOutcome>;
  /** Bounds the history; needs no open transaction. */
  prune(request: PruneRequest): Promise<PruneOutcome>;
  /** Whether a prune with these limits would take a run; cheaper than a dry run. */
  exceeds(limits: HistoryLimits): Promise<boolean>;
  history(): Promise<HistoryEntry[]>;
  /** What a run changed, as unified diffs. */
  diff(run: string): Promise<RunDiff[]>;
  /** Lets the next process in. An open transaction stays open, for recovery. Idempotent. */
  close(): void;
}

const UNDO: ReplayTarget = { kind: 'undo' };
const REDO: ReplayTarget = { kind: 'redo' };

/** Takes the lease of a workspace. Fails with `state/busy` when another process has it, after the waiting asked for. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { stateFolder, store, clock, newId, merge = neverMerge } = options;
  const root = await trueRoot(options.root);
  await native()
    .makeFolder(stateFolder)
    .catch((cause: unknown) => {
      throw ioError('create', stateFolder, cause);
    });
  const lock = await takeLease({
    root,
    path: join(stateFolder, 'lock'),
    clock,
    claim: options.claim ?? {},
    ...(options.wait === undefined ? {} : { wait: options.wait }),
  });
  const objects = objectFolder(join(stateFolder, 'objects'));
  const conflictFolder = join(stateFolder, 'conflicts');
  const tree = openTree(root, objects);
  const context: TransactionContext = { root, tree, conflictFolder, store, objects, clock, merge };
  const workspace = new OpenWorkspace(context, newId);
  return {
    root,
    recover: () =>
      workspace.alone(async () => {
        // What cannot be removed costs space and holds up nobody: the next that opens parallel workspaces is told.
        await sweepWorkspaces(stateFolder).catch(() => undefined);
        return recover(context);
      }),
    begin: (request) => workspace.begin(request),
    undo: (run, statements) => workspace.replay(run === undefined ? UNDO : { ...UNDO, target: run }, statements),
    redo: (run, statements) => workspace.replay(run === undefined ? REDO : { ...REDO, target: run }, statements),
    replay: (target, statements) => workspace.replay(target, statements),
    prune: (request) => workspace.prune(request),
    exceeds: (limits) => exceeds(limits, context),
    history: () => readHistory(store),
    diff: (run) => diffRun({ store, stateFolder, run }),
    close: () => lock.release(),
  };
}

class OpenWorkspace {
  readonly #context: TransactionContext;
  readonly #newId: (prefix: IdPrefix) => string;
  readonly #turn = turns();
  #current: FileTransaction | undefined;

  constructor(context: TransactionContext, newId: (prefix: IdPrefix) => string) {
    this.#context = context;
    this.#newId = newId;
  }

  /** Refuses while a transaction is open: two of them could not be told apart in the tree. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#turn(() => {
      const open = this.#current?.isOpen ? this.#current.record.id : undefined;
      if (open) throw busy(`transaction ${open} is open`, 'commit it or roll it back');
      return work();
    });
  }

  begin({ run, title }: { run: string; title: string }): Promise<Transaction> {
    return this.alone(async () => {
      await this.#mustBeRecovered();
      const record = { id: this.#newId('txn'), run, kind: 'change' as const, title, state: 'open' as const };
      const current = new FileTransaction({ ...record, begunAt: this.#context.clock.now() }, this.#context);
      this.#current = current;
      return inTurn(current);
    });
  }

  replay(target: ReplayTarget, statements: readonly SqlStatement[] = []): Promise<ReplayOutcome> {
    return this.alone(async () => {
      await this.#mustBeRecovered();
      return replay({ ...target, transaction: this.#newId('txn'), statements }, this.#context);
    });
  }

  prune(request: PruneRequest): Promise<PruneOutcome> {
    return this.alone(async () => {
      await this.#mustBeRecovered();
      return prune(request, this.#context);
    });
  }

  async #mustBeRecovered(): Promise<void> {
    const [open] = await openTransactions(this.#context);
    if (!open) return;
    throw new PyAgentError({
      code: 'state/unrecovered',
      message: `Expected a workspace at rest, found transaction ${open.id} left open by a process that ended: recover first.`,
      details: { transaction: open.id },
    });
  }
}

/** The public face: one call after the other, so that concurrent steps cannot interleave. */
function inTurn(transaction: FileTransaction): Transaction {
  const turn = turns();
  const apply = (operations: readonly Operation[]) => turn(() => transaction.apply(operations));
  return {
    id: transaction.record.id,
    run: transaction.record.run,
    read: (path) => turn(() => transaction.read(path)),
    write: (path, bytes, options = {}) => apply([{ kind: 'write', path, bytes, ...options }]),
    remove: (path, options = {}) => apply([{ kind: 'remove', path, ...options }]),
    rename: (from, to) => apply([{ kind: 'rename', from, to }]),
    mkdir: (path) => apply([{ kind: 'mkdir', path }]),
    writeAll: apply,
    capture: (work, options = {}) => turn(() => transaction.capture(work, options)),
    savepoint: (name) => turn(() => transaction.savepoint(name)),
    rollbackTo: (savepoint) => turn(() => transaction.rollbackTo(savepoint)),
    changes: () => transaction.changes(),
    content: (hash) => transaction.content(hash),
    commit: (rows) => turn(() => transaction.commit(rows)),
    rollback: (rows) => turn(() => transaction.rollback(rows)),
  };
}

/** A queue of one: each work starts when the one before has ended, well or badly. */
function turns(): <T>(work: () => Promise<T> | T) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    // The caller owns the failure; the queue only waits for the end.
    last = next.catch(() => undefined);
    return next;
  };
}

async function trueRoot(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (cause) {
    throw ioError('open', root, cause);
  }
}

function busy(found: string, advice: string): PyAgentError {
  return new PyAgentError({
    code: 'state/busy',
    message: `Expected the workspace to be free; ${found}: ${advice}.`,
  });
}
