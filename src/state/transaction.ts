import { join } from 'node:path';
import { type Clock, PyAgentError } from '../kernel/index.ts';
import type { SqlStatement, Store } from '../store/index.ts';
import type { Conflict } from './conflict.ts';
import { type FileState, observe, sameState } from './file-state.ts';
import { ended, entriesAdded, entriesDropped, type JournalEntry, opened, type TransactionRecord } from './journal.ts';
import { limited } from './limited.ts';
import { type NetChange, netChanges, restoreTargets } from './net-change.ts';
import type { ObjectFolder } from './object-folder.ts';
import { type Operation, type PlannedChange, plan } from './operation.ts';
import { flushFolders } from './restore.ts';
import { type KeepingContext, restoreKeepingBoth } from './restore-keeping-both.ts';
import { transition } from './transition.ts';
import { pathResolver } from './workspace-path.ts';

/** What a transaction works with. */
export interface TransactionContext {
  root: string;
  /** Where versions are put that could not be put back. */
  conflictFolder: string;
  store: Store;
  objects: ObjectFolder;
  clock: Clock;
  beforeEffect: (name: string) => void;
}

/** What became of a batch of operations: all of it, or nothing of it. */
export type WriteOutcome = { kind: 'written'; paths: string[] } | { kind: 'conflict'; conflicts: Conflict[] };

/** What became of a commit. After a conflict the transaction is still open: roll it back. */
export type CommitOutcome = { kind: 'committed' } | { kind: 'conflict'; conflicts: Conflict[] };

/** What a rollback did. Paths in conflict keep the edit of somebody else. */
export interface RollbackOutcome {
  kind: 'rolled-back';
  conflicts: Conflict[];
}

/** A point to come back to. */
export interface Savepoint {
  name: string;
  seq: number;
}

/**
 * The state of one open transaction. Each batch is journaled before it is applied and undone when it fails, so the tree
 * is always explained by the journal. Not safe for calls at the same time; the public face puts them in a row.
 */
export class FileTransaction {
  readonly record: TransactionRecord;
  readonly #context: TransactionContext;
  readonly #effects: KeepingContext;
  #entries: JournalEntry[] = [];
  #seq = 0;
  #recorded = false;
  #open = true;

  constructor(record: TransactionRecord, context: TransactionContext) {
    this.record = record;
    this.#context = context;
    this.#effects = keepingContext(record.id, context);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Reads a file as it is now; `undefined` when there is none. */
  async read(path: string): Promise<Uint8Array | undefined> {
    const place = await pathResolver(this.#context.root)(path);
    return (await observe(join(this.#context.root, place))).bytes;
  }

  async apply(operations: readonly Operation[]): Promise<WriteOutcome> {
    this.#mustBeOpen();
    const planned = await plan(this.#context.root, operations, (path) => this.#lastState(path));
    if (planned.kind === 'conflict') return planned;
    if (planned.changes.length === 0) return { kind: 'written', paths: [] };
    const entries = planned.changes.map(({ path, seen, to }) => this.#entry(path, seen.state, to));
    await this.#keepContents(planned.changes);
    await this.#journal(entries);
    this.#entries.push(...entries);
    try {
      const pending = planned.changes.map((change, index) => ({ ...change, seq: entries[index]?.seq ?? 0 }));
      const raced = await transition(pending, this.#effects);
      if (raced.length === 0) return { kind: 'written', paths: entries.map(({ path }) => path) };
      const detail = 'it was changed by somebody else while it was written';
      await this.#takeBack(entries);
      return { kind: 'conflict', conflicts: raced.map((path) => ({ path, detail })) };
    } catch (error) {
      await this.#takeBack(entries);
      throw error;
    }
  }

  savepoint(name: string): Savepoint {
    this.#mustBeOpen();
    return { name, seq: this.#seq };
  }

  /** Puts the files back to where they were at `savepoint`. Later savepoints are gone. */
  async rollbackTo(savepoint: Savepoint): Promise<RollbackOutcome> {
    this.#mustBeOpen();
    const later = this.#entries.filter(({ seq }) => seq > savepoint.seq);
    const conflicts = await restoreKeepingBoth(restoreTargets(this.#entries, savepoint.seq), this.#effects);
    const kept = new Set(conflicts.map(({ path }) => path));
    await this.#drop(later.filter(({ path }) => !kept.has(path)));
    return { kind: 'rolled-back', conflicts };
  }

  changes(): NetChange[] {
    return netChanges(this.#entries);
  }

  async commit(statements: readonly SqlStatement[] = []): Promise<CommitOutcome> {
    this.#mustBeOpen();
    const { root, store, clock, beforeEffect } = this.#context;
    const conflicts = await this.#changedSince();
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
    await flushFolders(
      root,
      this.#entries.map(({ path }) => path),
    );
    beforeEffect('commit');
    const end = this.#recorded ? [ended(this.record.id, { state: 'committed', at: clock.now() })] : [];
    await store.commit([...end, ...statements]);
    this.#open = false;
    beforeEffect('committed');
    return { kind: 'committed' };
  }

  async rollback(statements: readonly SqlStatement[] = []): Promise<RollbackOutcome> {
    this.#mustBeOpen();
    const { store, clock, beforeEffect } = this.#context;
    const conflicts = await restoreKeepingBoth(restoreTargets(this.#entries), this.#effects);
    const paths = conflicts.map(({ path }) => path);
    beforeEffect('rolled back');
    const end = { state: 'rolled-back' as const, at: clock.now(), conflicts: paths };
    await store.commit([...(this.#recorded ? [ended(this.record.id, end)] : []), ...statements]);
    this.#open = false;
    return { kind: 'rolled-back', conflicts };
  }

  /** Makes the commit leave a row even when no file had to change. */
  async journalOpening(): Promise<void> {
    if (!this.#recorded) await this.#journal([]);
  }

  #entry(path: string, before: FileState, after: FileState): JournalEntry {
    this.#seq += 1;
    return { seq: this.#seq, path, before, after };
  }

  #lastState(path: string): FileState | undefined {
    return this.#entries.findLast((entry) => entry.path === path)?.after;
  }

  /** What was there and what will be there, so that undo and redo are exact. */
  async #keepContents(changes: readonly PlannedChange[]): Promise<void> {
    const contents = new Map<string, Uint8Array>();
    for (const { seen, to, bytes } of changes) {
      if (seen.state.kind === 'file' && seen.bytes) contents.set(seen.state.hash, seen.bytes);
      if (to.kind === 'file' && bytes) contents.set(to.hash, bytes);
    }
    this.#context.beforeEffect('keep contents');
    await this.#context.objects.keep(contents);
  }

  async #journal(entries: readonly JournalEntry[]): Promise<void> {
    this.#context.beforeEffect('journal');
    const first = this.#recorded ? [] : [opened(this.record)];
    await this.#context.store.commit([...first, ...entriesAdded(this.record.id, entries)]);
    this.#recorded = true;
  }

  /** After a batch that failed: what it changed goes back, and its entries with it. */
  async #takeBack(entries: readonly JournalEntry[]): Promise<void> {
    await restoreKeepingBoth(restoreTargets(this.#entries, (entries[0]?.seq ?? 1) - 1), this.#effects);
    await this.#drop(entries);
  }

  async #drop(entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.#context.beforeEffect('drop entries');
    // The journal first: if it fails, memory still disagrees with the tree and no commit gets past that.
    await this.#context.store.commit(entriesDropped(this.record.id, entries));
    const gone = new Set(entries.map(({ seq }) => seq));
    this.#entries = this.#entries.filter(({ seq }) => !gone.has(seq));
  }

  async #changedSince(): Promise<Conflict[]> {
    const paths = [...new Set(this.#entries.map(({ path }) => path))];
    const found = await limited(paths, async (path) => {
      const last = this.#lastState(path);
      const { state } = await observe(join(this.#context.root, path));
      return last && !sameState(state, last);
    });
    const detail = 'it was changed by somebody else after this run changed it';
    return paths.filter((_, index) => found[index]).map((path) => ({ path, detail }));
  }

  #mustBeOpen(): void {
    if (this.#open) return;
    throw new PyAgentError({
      code: 'state/ended',
      message: `Expected an open transaction, found ${this.record.id} ended: begin a new one.`,
      details: { transaction: this.record.id },
    });
  }
}

/** The context of one transaction's effects on the tree. */
export function keepingContext(transaction: string, context: TransactionContext): KeepingContext {
  const { root, objects, beforeEffect, conflictFolder } = context;
  return { root, transaction, read: objects.read, beforeEffect, objects, folder: join(conflictFolder, transaction) };
}
