import { dirname } from 'node:path/posix';
import { PyAgentError } from '../kernel/index.ts';
import { type NativeTree, native } from '../native/index.ts';
import { joins, parts } from './apply-changes.ts';
import type { Conflict } from './conflict.ts';
import { type FileState, type Observation, observeAll, sameState } from './file-state.ts';
import { ioError } from './io-error.ts';

/** One change that a caller asks for. Paths are relative to the root. */
export type Operation =
  | {
      kind: 'write';
      path: string;
      bytes: Uint8Array;
      /** Permission bits. Default: those of the file; for a new file those of its folder without execution. */
      mode?: number;
      /** BLAKE3 of the content that the change was made for: anything else is a conflict. Default: not checked. */
      expect?: string;
    }
  | { kind: 'remove'; path: string; expect?: string }
  | { kind: 'mkdir'; path: string }
  /** Files, symbolic links and folders; the new name must be free. */
  | { kind: 'rename'; from: string; to: string }
  /**
   * Puts back a state whose content is kept, if `expect` is what stands there. With `origin`, `expect` is an edit of
   * somebody else that this merges, and `origin` what the path is without the transaction.
   */
  | { kind: 'restore'; path: string; to: FileState; expect: FileState; origin?: FileState };

/** An operation on one path, looked at and ready to be journaled. */
export interface PlannedChange {
  path: string;
  seen: Observation;
  to: FileState;
  /** New content. */
  bytes?: Uint8Array;
  /** The path that it is renamed from. */
  sameFile?: string;
  /** Where the path goes when the transaction is taken back; default: to where it was before it. */
  origin?: FileState;
  /** A file with several names is changed where it is. */
  inPlace?: boolean;
}

/** What planning came to. */
export type Plan = { kind: 'planned'; changes: PlannedChange[] } | { kind: 'conflict'; conflicts: Conflict[] };

/** What the transaction left at a path, or `undefined` when it has not touched it. */
export type Known = (path: string) => FileState | undefined;

/** Looks at all paths and says what each operation changes; parents that are missing are created too. */
export async function plan(tree: NativeTree, operations: readonly Operation[], known: Known): Promise<Plan> {
  const places = await look(tree, await withoutFolderRenames(tree, operations));
  const conflicts: Conflict[] = [];
  const changes: PlannedChange[] = [];
  const modes = folderModes(tree);
  for (const { operation, place, target } of places) {
    const conflict = conflictAt(place, operation, known);
    if (conflict) conflicts.push(conflict);
    else if (operation.kind !== 'rename') changes.push(await planOne(operation, place, modes));
    else if (target) changes.push(...planRename(place, target));
  }
  if (conflicts.length > 0) return { kind: 'conflict', conflicts };
  refuseDoubles(changes);
  const parents = await missingParents(tree, changes, modes);
  const effective = changes.filter((one) => !sameState(one.seen.state, one.to) || joins(one) || parts(one));
  return { kind: 'planned', changes: [...parents, ...effective] };
}

interface Look {
  operation: Operation;
  place: PlannedPath;
  /** Of a rename. */
  target?: PlannedPath;
}

async function look(tree: NativeTree, operations: readonly Operation[]): Promise<Look[]> {
  // What the journal names is a true name: a link that stands among its folders now is not to be followed.
  const asked = operations.flatMap((one) =>
    one.kind === 'rename' ? [one.from, one.to] : one.kind === 'restore' ? [] : [one.path],
  );
  const resolved = await tree.resolve(asked).catch((cause: unknown) => {
    throw ioError('resolve', asked[0] ?? '', cause);
  });
  const places = new Map(asked.map((path, index) => [path, resolved[index] as string]));
  const paths = operations.flatMap((one) => {
    if (one.kind === 'restore') return [one.path];
    const own = one.kind === 'rename' ? [one.from, one.to] : [one.path];
    return own.map((path) => places.get(path) ?? path);
  });
  const seen = await observeAll(tree, paths);
  let next = 0;
  const take = (): PlannedPath => {
    const at = next;
    next += 1;
    return { path: paths[at] as string, seen: seen[at] as Observation };
  };
  return operations.map((operation) => ({
    operation,
    place: take(),
    ...(operation.kind === 'rename' ? { target: take() } : {}),
  }));
}

/** The rename of a folder as renames of what is in it. */
async function withoutFolderRenames(tree: NativeTree, operations: readonly Operation[]): Promise<readonly Operation[]> {
  const renames = operations.filter((operation) => operation.kind === 'rename');
  if (renames.length === 0) return operations;
  const looks = new Map((await look(tree, renames)).map((one) => [one.operation, one]));
  const expanded = operations.map(async (operation): Promise<Operation[]> => {
    const found = looks.get(operation);
    if (operation.kind !== 'rename' || found?.place.seen.state.kind !== 'folder') return [operation];
    return renamedFolder(tree, found);
  });
  return (await Promise.all(expanded)).flat();
}

async function renamedFolder(tree: NativeTree, { place, target }: Look): Promise<Operation[]> {
  if (!target) return [];
  const { path: from } = place;
  const { path: to, seen } = target;
  if (seen.state.kind !== 'absent') throw wrongKind(to, 'a free name', seen.state.kind);
  if (to.startsWith(`${from}/`)) throw wrongKind(to, `a place outside ${from}`, 'folder in itself');
  const below = await tree.below(from);
  const states = await observeAll(tree, [from, ...below]);
  return [from, ...below].flatMap((path, index): Operation[] => {
    const state = states[index]?.state ?? { kind: 'absent' };
    const goal = to + path.slice(from.length);
    if (state.kind !== 'folder') return [{ kind: 'rename', from: path, to: goal }];
    return [
      { kind: 'restore', path: goal, to: state, expect: { kind: 'absent' } },
      { kind: 'restore', path, to: { kind: 'absent' }, expect: state },
    ];
  });
}

function conflictAt(place: PlannedPath, operation: Operation, known: Known): Conflict | undefined {
  const { state } = place.seen;
  const left = operation.kind === 'restore' && operation.origin ? undefined : known(place.path);
  if (left && !sameState(left, state)) {
    return { path: place.path, detail: 'it was changed by somebody else after this run changed it' };
  }
  const detail = 'it was changed by somebody else since it was read';
  if (operation.kind === 'restore') {
    const fits = sameState(state, operation.expect) || sameState(state, operation.to);
    return fits ? undefined : { path: place.path, detail };
  }
  if (operation.kind !== 'write' && operation.kind !== 'remove') return undefined;
  if (operation.expect === undefined) return undefined;
  return state.kind === 'file' && state.hash === operation.expect ? undefined : { path: place.path, detail };
}

type PlannedPath = Pick<PlannedChange, 'path' | 'seen'>;

async function planOne(
  operation: Exclude<Operation, { kind: 'rename' }>,
  place: PlannedPath,
  modes: FolderModes,
): Promise<PlannedChange> {
  const { state } = place.seen;
  if (operation.kind === 'restore') return planRestore(operation, place);
  if (state.kind === 'other') throw wrongKind(place.path, 'a file or a folder', 'a device or a socket');
  if (operation.kind === 'remove') return { ...place, to: { kind: 'absent' } };
  if (operation.kind === 'mkdir') {
    if (state.kind === 'folder') return { ...place, to: state };
    if (state.kind !== 'absent') throw wrongKind(place.path, 'a free name', state.kind);
    return { ...place, to: { kind: 'folder', mode: await modes(place.path) } };
  }
  if (state.kind !== 'file' && state.kind !== 'absent') throw wrongKind(place.path, 'a file', state.kind);
  const inPlace = state.kind === 'file' && state.linked === true;
  return { ...place, to: await written(place, operation, modes), bytes: operation.bytes, inPlace };
}

/** A file that had several names before and after is still changed where it is. */
function planRestore({ to, expect, origin }: Operation & { kind: 'restore' }, place: PlannedPath): PlannedChange {
  const isFile = to.kind === 'file' && expect.kind === 'file';
  const inPlace = isFile && to.linked === true && to.id !== undefined && to.id === expect.id;
  return { ...place, to, inPlace, ...(origin ? { origin } : {}) };
}

async function written(
  { path, seen: { state } }: PlannedPath,
  { bytes, mode }: { bytes: Uint8Array; mode?: number },
  modes: FolderModes,
): Promise<FileState> {
  const hash = native().hashBytes(bytes);
  if (state.kind === 'file') {
    const { id: _, ...same } = state;
    // A file with one name makes room for a new one; its identity is known when it is there.
    return { ...(state.linked ? state : same), hash, size: bytes.length, mode: mode ?? state.mode };
  }
  // -1 leaves the owner as it is.
  return {
    kind: 'file',
    hash,
    size: bytes.length,
    mode: mode ?? (await modes(path)) & 0o666,
    owner: [-1, -1],
  };
}

function planRename(from: PlannedPath, to: PlannedPath): PlannedChange[] {
  const { state } = from.seen;
  if (state.kind !== 'file' && state.kind !== 'symlink') throw wrongKind(from.path, 'a file to rename', state.kind);
  if (to.seen.state.kind !== 'absent') throw wrongKind(to.path, 'a free name', to.seen.state.kind);
  return [
    { ...from, to: { kind: 'absent' } },
    { ...to, to: state, sameFile: from.path },
  ];
}

type FolderModes = (path: string) => Promise<number>;

/** The permission bits of the nearest folder that exists, remembered for a batch. */
function folderModes(tree: NativeTree): FolderModes {
  const known = new Map<string, Promise<number>>();
  const find = async (folder: string): Promise<number> => {
    const [seen] = await observeAll(tree, [folder]);
    return seen?.state.kind === 'folder' ? seen.state.mode & 0o777 : modeOf(dirname(folder));
  };
  const modeOf = (folder: string): Promise<number> => {
    const mode = known.get(folder) ?? find(folder);
    known.set(folder, mode);
    return mode;
  };
  return (path) => modeOf(dirname(path));
}

/** Folders that must be made for the changes, from the top. */
async function missingParents(
  tree: NativeTree,
  changes: readonly PlannedChange[],
  modes: FolderModes,
): Promise<PlannedChange[]> {
  const made = new Set(changes.map(({ path }) => path));
  const folders = new Set<string>();
  for (const { path, to } of changes) {
    if (to.kind === 'absent') continue;
    for (let folder = dirname(path); folder !== '.' && !made.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  const wanted = [...folders].sort((a, b) => (a < b ? -1 : 1));
  const seen = await observeAll(tree, wanted);
  const parents: PlannedChange[] = [];
  for (const [index, path] of wanted.entries()) {
    const found = seen[index] as Observation;
    if (found.state.kind === 'folder') continue;
    if (found.state.kind !== 'absent') throw wrongKind(path, 'a folder', found.state.kind);
    parents.push({ path, seen: found, to: { kind: 'folder', mode: await modes(path) } });
  }
  return parents;
}

function refuseDoubles(changes: readonly PlannedChange[]): void {
  const paths = new Set<string>();
  for (const { path } of changes) {
    if (paths.has(path)) {
      throw new PyAgentError({
        code: 'state/path',
        message: `Expected each path once in a batch, found ${path} twice: put the later change into a batch of its own.`,
        details: { path },
      });
    }
    paths.add(path);
  }
}

function wrongKind(path: string, expected: string, found: string): PyAgentError {
  return new PyAgentError({
    code: 'state/kind',
    message: `Expected ${expected} at ${path}, found ${found === 'absent' ? 'nothing' : `a ${found}`}.`,
    details: { path },
  });
}
