import { join } from 'node:path';
import { type Clock, PyAgentError } from '../kernel/index.ts';
import type { NativeTree } from '../native/index.ts';
import type { SqlStatement, Store } from '../store/index.ts';
import { type Adoption, adoptEdits } from './adopt-edits.ts';
import { applyChanges } from './apply-changes.ts';
import {
  type CapturedChange,
  type CaptureOptions,
  type CaptureOutcome,
  captureBegun,
  capturedChanges,
  captureEnded,
  keepTree,
} from './capture.ts';
import type { Conflict, KeepingContext } from './conflict.ts';
import { type FileState, observeAll, sameState } from './file-state.ts';
import { ioError } from './io-error.ts';
import {
  ended,
  entriesAdded,
  entriesDropped,
  entriesSum,
  type JournalEntry,
  opened,
  type TransactionRecord,
} from './journal.ts';
import { mergingBack } from './merge-back.ts';
import { type NetChange, netChanges, restoreTargets } from './net-change.ts';
import type { ObjectFolder } from './object-folder.ts';
import { type Operation, type PlannedChange, plan } from './operation.ts';
import { presentIn } from './replay-plan.ts';
import { flushFolders } from './restore.ts';
import { restoreKeepingBoth } from './restore-keeping-both.ts';
import type { MergedFile, MergeFile, ThreeWay } from './three-way.ts';

/** What a transaction works with. */
export interface TransactionContext {
  root: string;
  tree: NativeTree;
  /** Where versions are put that could not be put back. */
  conflictFolder: string;
  store: Store;
  objects: ObjectFolder;
  clock: Clock;
  /** Merges with edits of somebody else. */
  merge: MergeFile;
}

/** What became of a batch of operations: all of it, or nothing of it. */
export type WriteOutcome = { kind: 'written'; paths: string[] } | { kind: 'conflict'; conflicts: Conflict[] };

/** What became of a commit. After a conflict the transaction is still open: roll it back. */
export type CommitOutcome =
  | {
      kind: 'committed';
      /** Files that somebody else had edited meanwhile; both edits are in them. */
      merged: MergedFile[];
    }
  | { kind: 'conflict'; conflicts: Conflict[] };

/** Rows of other rooms that are committed with a transaction; a function is told what was merged. */
export type CommitRows = readonly SqlStatement[] | ((merged: readonly MergedFile[]) => readonly SqlStatement[]);

/** Somebody else had changed files of the transaction; the work was not begun. */
export interface CaptureConflict {
  kind: 'conflict';
  conflicts: Conflict[];
}

/** What a rollback did. Paths in conflict keep the edit of somebody else. */
export interface RollbackOutcome {
  kind: 'rolled-back';
  conflicts: Conflict[];
  /** Files in which that edit stayed while the transaction's own change went. */
  merged: MergedFile[];
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
    const { tree } = this.#context;
    try {
      const [place = ''] = await tree.resolve([path]);
      const [seen] = await observeAll(tree, [place]);
      return seen?.state.kind === 'file' ? await tree.readFile(place) : undefined;
    } catch (cause) {
      throw ioError('read', path, cause);
    }
  }

  async apply(operations: readonly Operation[]): Promise<WriteOutcome> {
    this.#mustBeOpen();
    const { tree } = this.#context;
    tree.checkPlace();
    const known = this.#lastStates();
    const planned = await plan(tree, operations, (path) => known.get(path));
    if (planned.kind === 'conflict') return planned;
    if (planned.changes.length === 0) return { kind: 'written', paths: [] };
    const changes = await this.#withOtherNames(planned.changes);
    const conflicts = await this.#keepContents(changes);
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
    const entries = changes.map(({ path, seen, to, origin }) => this.#entry(path, seen.state, to, origin));
    await this.#journal(entries);
    this.#entries.push(...entries);
    try {
      const pending = changes.map(({ bytes: _, ...change }, index) => ({ ...change, seq: entries[index]?.seq ?? 0 }));
      const raced = await applyChanges(pending, this.#effects);
      if (raced.length === 0) return { kind: 'written', paths: entries.map(({ path }) => path) };
      const detail = 'it was changed by somebody else while it was written';
      await this.#takeBack(entries);
      return { kind: 'conflict', conflicts: raced.map((path) => ({ path, detail })) };
    } catch (error) {
      await this.#takeBack(entries);
      throw error;
    }
  }

  /**
   * Lets a work outside of this program change the tree: what it did becomes part of the transaction. Everything is kept
   * before it begins, so that a kill in the middle can be taken back too. What somebody else changes meanwhile cannot be
   * told from what the work does.
   */
  async capture<T>(work: () => Promise<T>, options: CaptureOptions): Promise<CaptureOutcome<T> | CaptureConflict> {
    this.#mustBeOpen();
    const { tree, store } = this.#context;
    tree.checkPlace();
    const outside = await this.#mergeOutside(await this.#changedSince());
    if (outside.kind === 'conflict') return outside;
    const kept = await keepTree(tree, options);
    if (kept.kind === 'too-large') return kept;
    const opening = this.#recorded ? [] : [opened(this.record)];
    await store.commit([...opening, captureBegun(this.record.id, kept.hash)]);
    this.#recorded = true;
    let changes: CapturedChange[] = [];
    let result: T;
    try {
      result = await work();
    } finally {
      changes = await capturedChanges(tree, kept.manifest);
      await this.#adopt(changes);
    }
    return { kind: 'captured', result, changes, unread: kept.manifest.unread() };
  }

  async #adopt(changes: readonly CapturedChange[]): Promise<void> {
    const entries = changes.map(({ path, before, after }) => this.#entry(path, before, after));
    await this.#context.store.commit([...entriesAdded(this.record.id, entries), captureEnded(this.record.id)]);
    this.#entries.push(...entries);
  }

  savepoint(name: string): Savepoint {
    this.#mustBeOpen();
    return { name, seq: this.#seq };
  }

  /** Puts the files back to where they were at `savepoint`. Later savepoints are gone. */
  async rollbackTo(savepoint: Savepoint): Promise<RollbackOutcome> {
    this.#mustBeOpen();
    const later = this.#entries.filter(({ seq }) => seq > savepoint.seq);
    const targets = restoreTargets(this.#entries, savepoint.seq);
    const { conflicts, merged } = await restoreKeepingBoth(targets, this.#effects);
    const kept = new Set(conflicts.map(({ path }) => path));
    await this.#drop(later.filter(({ path }) => !kept.has(path)));
    return { kind: 'rolled-back', conflicts, merged };
  }

  changes(): NetChange[] {
    return netChanges(this.#entries);
  }

  /** The bytes behind a hash of {@link changes}. */
  content(hash: string): Promise<Uint8Array> {
    return this.#context.objects.read(hash);
  }

  /** Edits that somebody made meanwhile are merged and stay; where one cannot be, nothing is committed. */
  async commit(rows: CommitRows = []): Promise<CommitOutcome> {
    this.#mustBeOpen();
    const { store, clock, tree } = this.#context;
    tree.checkPlace();
    const adoption = await this.#mergeOutside(await this.#changedSince());
    if (adoption.kind === 'conflict') return adoption;
    const merged = adoption.edits.flatMap(({ path, by }) => (by === undefined ? [] : [{ path, by }]));
    await flushFolders(
      this.#effects,
      this.#entries.map(({ path }) => path),
    );
    const end = { state: 'committed' as const, at: clock.now() };
    const row = this.#recorded ? [ended(this.record.id, { ...end, sum: entriesSum(this.record, this.#entries) })] : [];
    await store.commit([...row, ...(typeof rows === 'function' ? rows(merged) : rows)]);
    this.#open = false;
    return { kind: 'committed', merged };
  }

  async rollback(rows: CommitRows = []): Promise<RollbackOutcome> {
    this.#mustBeOpen();
    const { store, clock } = this.#context;
    const mergeBack = mergingBack({ ...this.#context, ...this.#effects });
    const { conflicts, merged } = await restoreKeepingBoth(restoreTargets(this.#entries), this.#effects, mergeBack);
    const paths = conflicts.map(({ path }) => path);
    const end = { state: 'rolled-back' as const, at: clock.now(), conflicts: paths };
    const row = this.#recorded ? [ended(this.record.id, end)] : [];
    await store.commit([...row, ...(typeof rows === 'function' ? rows(merged) : rows)]);
    this.#open = false;
    return { kind: 'rolled-back', conflicts, merged };
  }

  /** Makes the commit leave a row even when no file had to change. */
  async journalOpening(): Promise<void> {
    if (!this.#recorded) await this.#journal([]);
  }

  #entry(path: string, before: FileState, after: FileState, origin?: FileState): JournalEntry {
    this.#seq += 1;
    return { seq: this.#seq, path, before, after, ...(origin === undefined ? {} : { origin }) };
  }

  /** What this transaction left at each path that it touched. */
  #lastStates(): Map<string, FileState> {
    return new Map(this.#entries.map(({ path, after }) => [path, after]));
  }

  /**
   * A file that has, or in this transaction had, several names is changed where it is: all its names are in the journal,
   * so that all of them go back.
   */
  async #withOtherNames(planned: readonly PlannedChange[]): Promise<PlannedChange[]> {
    const states = this.#entries.flatMap(({ before, after }) => [before, after]);
    const linked = new Set(states.flatMap((state) => (state.kind === 'file' && state.linked ? [state.id] : [])));
    const changes = planned.map((change) => withLink(change, linked));
    const ids = changes.flatMap(({ inPlace, seen }) => (inPlace && seen.identity ? [seen.identity] : []));
    if (ids.length === 0) return changes;
    const paths = new Set(changes.map(({ path }) => path));
    const names = (await this.#context.tree.find(ids)).filter(({ path }) => !paths.has(path));
    const others = names.flatMap(({ identity, path }) => {
      const first = changes.find(({ inPlace, seen }) => inPlace && seen.identity === identity);
      return first ? [{ path, seen: first.seen, to: first.to, inPlace: true }] : [];
    });
    return [...changes, ...others];
  }

  /** What was there and what will be there, so that undo and redo are exact. */
  async #keepContents(changes: readonly PlannedChange[]): Promise<Conflict[]> {
    const { tree, objects } = this.#context;
    const originals = changes.flatMap(({ path, seen: { state } }) =>
      state.kind === 'file' ? [{ path, hash: state.hash }] : [],
    );
    await objects.keep(changes.flatMap(({ to, bytes }) => (to.kind === 'file' && bytes ? [bytes] : [])));
    const changed = await tree.keepFiles(originals).catch((cause: unknown) => {
      throw ioError('keep originals of', this.#context.root, cause);
    });
    return changed.map((path) => ({ path, detail: 'it was changed by somebody else while it was read' }));
  }

  async #journal(entries: readonly JournalEntry[]): Promise<void> {
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
    // The journal first: if it fails, memory still disagrees with the tree and no commit gets past that.
    await this.#context.store.commit(entriesDropped(this.record.id, entries));
    const gone = new Set(entries.map(({ seq }) => seq));
    this.#entries = this.#entries.filter(({ seq }) => !gone.has(seq));
  }

  /** Makes edits of somebody else part of the transaction, merged with what it did to the same files. */
  async #mergeOutside(outside: readonly ThreeWay[]): Promise<Adoption> {
    if (outside.length === 0) return { kind: 'adopted', edits: [] };
    const { tree, objects, merge } = this.#context;
    const { folder } = this.#effects;
    const adoption = await adoptEdits(outside, { objects, folder, present: presentIn(tree), merge });
    if (adoption.kind === 'conflict') return adoption;
    const { edits } = adoption;
    const written = await this.apply(
      edits
        .filter(({ ours, to }) => !sameState(ours, to))
        .map(({ path, ours, to, origin }) => ({ kind: 'restore', path, to, expect: ours, origin })),
    );
    if (written.kind === 'conflict') return written;
    // What has both already needs no writing, only the record of what it is without this transaction.
    const whole = edits.filter(({ ours, to }) => sameState(ours, to));
    const entries = whole.map(({ path, ours, to, origin }) => this.#entry(path, ours, to, origin));
    await this.#journal(entries);
    this.#entries.push(...entries);
    return adoption;
  }

  /** What somebody else changed: before the transaction, now, and as the transaction left it. */
  async #changedSince(): Promise<ThreeWay[]> {
    const nets = new Map(netChanges(this.#entries).map((net) => [net.path, net.before]));
    const left = [...this.#lastStates()];
    const paths = left.map(([path]) => path);
    const seen = await observeAll(this.#context.tree, paths);
    return left.flatMap(([path, theirs], index): ThreeWay[] => {
      const ours = seen[index]?.state ?? { kind: 'absent' };
      return sameState(ours, theirs) ? [] : [{ path, base: nets.get(path) ?? theirs, ours, theirs }];
    });
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

/** The last of several names that were there before this transaction took the others away. */
function withLink(change: PlannedChange, linked: ReadonlySet<string | undefined>): PlannedChange {
  const { state, identity } = change.seen;
  if (state.kind !== 'file' || state.linked || !change.bytes || identity === undefined) return change;
  if (!linked.has(identity) || change.to.kind !== 'file') return change;
  const before: FileState = { ...state, linked: true };
  return {
    ...change,
    seen: { identity, state: before },
    to: { ...change.to, id: identity, linked: true },
    inPlace: true,
  };
}

/** The context of one transaction's effects on the tree. */
export function keepingContext(transaction: string, context: TransactionContext): KeepingContext {
  const { root, tree, objects, conflictFolder } = context;
  return { root, tree, transaction, objects, folder: join(conflictFolder, transaction) };
}
