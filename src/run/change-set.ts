import { applyGroups, type Change, type ChangeGroup } from '../code/index.ts';
import { PyAgentError } from '../kernel/index.ts';
import type { ChangedFile, FileConflict } from './run-report.ts';

/** The part of a file transaction that a change set needs. */
export interface FileAccess {
  /** The bytes of a file as they are now, with their BLAKE3. */
  read(path: string): Promise<{ bytes: Uint8Array; hash: string }>;
  /** Replaces files, all of them or none. Gives the paths that somebody else changed meanwhile; then nothing was written. */
  write(files: readonly { path: string; bytes: Uint8Array }[]): Promise<readonly FileConflict[]>;
  /** A point to come back to; the answer puts the files back to it and gives those that somebody else changed since. */
  savepoint(name: string): Promise<() => Promise<readonly FileConflict[]>>;
}

/** A part of the change that can be left out on its own: one group of edits, or a file that changed in several rounds. */
export interface Unit {
  id: string;
  files: readonly string[];
  path: string;
  titles: readonly string[];
}

interface File {
  original: Uint8Array;
  rounds: (readonly ChangeGroup[])[];
  current: Uint8Array;
}

/** The edits of one run, applied through its transaction, and able to be applied in part. */
export class ChangeSet {
  readonly #access: FileAccess;
  readonly #files = new Map<string, File>();
  #leftOut: ReadonlySet<string> = new Set();
  /** Paths that could not be changed because somebody else changed them. */
  readonly conflicts = new Map<string, FileConflict>();

  constructor(access: FileAccess) {
    this.#access = access;
  }

  /** Applies one round of changes; gives the paths that now differ. A file that changed since its analysis is left. */
  async apply(changes: readonly Change[]): Promise<string[]> {
    const ready: { path: string; before: Uint8Array; bytes: Uint8Array; groups: readonly ChangeGroup[] }[] = [];
    for (const { path, hash, groups } of changes) {
      const found = await this.#access.read(path);
      if (found.hash !== hash) {
        this.conflicts.set(path, { path, detail: 'it changed between the analysis and the edit; it was left alone' });
        continue;
      }
      ready.push({ path, before: found.bytes, bytes: applyGroups(found.bytes, groups), groups });
    }
    await this.#write(ready);
    for (const { path, before, bytes, groups } of ready) {
      const file = this.#files.get(path) ?? { original: before, rounds: [], current: before };
      file.rounds.push(groups);
      file.current = bytes;
      this.#files.set(path, file);
    }
    return ready.map(({ path }) => path);
  }

  /** A point to come back to: the answer takes back what was applied since, in the tree and in this set. */
  async savepoint(name: string): Promise<() => Promise<void>> {
    const back = await this.#access.savepoint(name);
    const files = [...this.#files].map(([path, file]): [string, File] => [path, { ...file, rounds: [...file.rounds] }]);
    const leftOut = this.#leftOut;
    return async () => {
      for (const conflict of await back()) this.conflicts.set(conflict.path, conflict);
      this.#files.clear();
      for (const [path, file] of files) this.#files.set(path, file);
      this.#leftOut = leftOut;
    };
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  /** What is changed in the tree now, by file: without what was left out last. */
  changedFiles(): ChangedFile[] {
    return byPath(this.units().filter(({ id }) => !this.#leftOut.has(id)));
  }

  /** The smallest parts that can be left out. */
  units(): Unit[] {
    return [...this.#files].flatMap(([path, { rounds }]) => {
      const [first = [], ...later] = rounds;
      if (later.length > 0) {
        return [{ id: path, files: [path], path, titles: rounds.flat().map(({ title }) => title) }];
      }
      return first.map(({ title }, index) => ({ id: `${path}#${index}`, files: [path], path, titles: [title] }));
    });
  }

  /** Makes the tree hold exactly these units. */
  async restrictTo(units: readonly Unit[]): Promise<void> {
    const wanted = new Set(units.map(({ id }) => id));
    const files = [...this.#files].map(([path, file]) => ({ path, bytes: contentOf(path, file, wanted) }));
    await this.#write(files);
    this.#leftOut = new Set(this.units().flatMap(({ id }) => (wanted.has(id) ? [] : [id])));
  }

  async #write(files: readonly { path: string; bytes: Uint8Array }[]): Promise<void> {
    const conflicts = await this.#access.write(files);
    if (conflicts.length === 0) return;
    for (const conflict of conflicts) this.conflicts.set(conflict.path, conflict);
    throw new PyAgentError({
      code: 'run/conflict',
      message: `Somebody else changed ${conflicts.map(({ path }) => path).join(', ')} during the run; the run is rolled back and leaves those edits alone.`,
      details: { paths: conflicts.map(({ path }) => path) },
    });
  }
}

function contentOf(path: string, { original, rounds, current }: File, wanted: ReadonlySet<string>): Uint8Array {
  if (rounds.length > 1) return wanted.has(path) ? current : original;
  return applyGroups(
    original,
    (rounds[0] ?? []).filter((_, index) => wanted.has(`${path}#${index}`)),
  );
}

/** Units as a list of files, sorted by path. */
export function byPath(units: readonly Pick<Unit, 'path' | 'titles'>[]): ChangedFile[] {
  const files = new Map<string, string[]>();
  for (const { path, titles } of units) files.set(path, [...(files.get(path) ?? []), ...titles]);
  return [...files].map(([path, titles]) => ({ path, titles })).sort((a, b) => (a.path < b.path ? -1 : 1));
}
