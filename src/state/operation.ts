import { dirname, join } from 'node:path';
import { PyAgentError } from '../kernel/index.ts';
import { native } from '../native/index.ts';
import type { Conflict } from './conflict.ts';
import { type FileState, type Observation, observe, sameState } from './file-state.ts';
import { limited } from './limited.ts';
import { pathResolver } from './workspace-path.ts';

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
  /** Files and symbolic links; the new name must be free. */
  | { kind: 'rename'; from: string; to: string }
  /** Puts back a state whose content is kept, if `expect` is what stands there. */
  | { kind: 'restore'; path: string; to: FileState; expect: FileState };

/** An operation on one path, looked at and ready to be journaled. */
export interface PlannedChange {
  path: string;
  seen: Observation;
  to: FileState;
  /** New content. */
  bytes?: Uint8Array;
}

/** What planning came to. */
export type Plan = { kind: 'planned'; changes: PlannedChange[] } | { kind: 'conflict'; conflicts: Conflict[] };

/** What the transaction left at a path, or `undefined` when it has not touched it. */
export type Known = (path: string) => FileState | undefined;

/** Looks at all paths and says what each operation changes; parents that are missing are created too. */
export async function plan(root: string, operations: readonly Operation[], known: Known): Promise<Plan> {
  const resolve = pathResolver(root);
  const conflicts: Conflict[] = [];
  const look = async (given: string) => {
    const path = await resolve(given);
    return { path, seen: await observe(join(root, path)) };
  };
  const planned = await limited(operations, async (operation): Promise<PlannedChange[]> => {
    const place = await look(operation.kind === 'rename' ? operation.from : operation.path);
    const conflict = conflictAt(place, operation, known);
    if (conflict) conflicts.push(conflict);
    if (operation.kind !== 'rename') return [await planOne(root, operation, place)];
    const target = await look(operation.to);
    return planRename(place, target);
  });
  if (conflicts.length > 0) return { kind: 'conflict', conflicts };
  const changes = planned.flat();
  refuseDoubles(changes);
  const parents = await missingParents(root, changes);
  const effective = changes.filter(({ seen, to }) => !sameState(seen.state, to));
  return { kind: 'planned', changes: [...parents, ...effective] };
}

function conflictAt(place: PlannedPath, operation: Operation, known: Known): Conflict | undefined {
  const { state } = place.seen;
  const left = known(place.path);
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
  root: string,
  operation: Exclude<Operation, { kind: 'rename' }>,
  place: PlannedPath,
): Promise<PlannedChange> {
  const { state } = place.seen;
  if (operation.kind === 'restore') return { ...place, to: operation.to };
  if (state.kind === 'other') throw wrongKind(place.path, 'a file or a folder', 'a device or a socket');
  if (operation.kind === 'remove') return { ...place, to: { kind: 'absent' } };
  if (operation.kind === 'mkdir') {
    if (state.kind === 'folder') return { ...place, to: state };
    if (state.kind !== 'absent') throw wrongKind(place.path, 'a free name', state.kind);
    return { ...place, to: { kind: 'folder', mode: await folderMode(root, place.path) } };
  }
  if (state.kind !== 'file' && state.kind !== 'absent') throw wrongKind(place.path, 'a file', state.kind);
  return { ...place, to: await written(root, place, operation), bytes: operation.bytes };
}

async function written(
  root: string,
  { path, seen: { state } }: PlannedPath,
  { bytes, mode }: { bytes: Uint8Array; mode?: number },
): Promise<FileState> {
  const hash = native().hashBytes(bytes);
  if (state.kind === 'file') return { ...state, hash, size: bytes.length, mode: mode ?? state.mode };
  // -1 leaves the owner as it is.
  return {
    kind: 'file',
    hash,
    size: bytes.length,
    mode: mode ?? (await folderMode(root, path)) & 0o666,
    owner: [-1, -1],
  };
}

function planRename(from: PlannedPath, to: PlannedPath): PlannedChange[] {
  const { state, bytes } = from.seen;
  if (state.kind !== 'file' && state.kind !== 'symlink') throw wrongKind(from.path, 'a file to rename', state.kind);
  if (to.seen.state.kind !== 'absent') throw wrongKind(to.path, 'a free name', to.seen.state.kind);
  return [
    { ...from, to: { kind: 'absent' } },
    { ...to, to: state, ...(bytes ? { bytes } : {}) },
  ];
}

/** The permission bits of the nearest folder that exists. */
async function folderMode(root: string, path: string): Promise<number> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { state } = await observe(join(root, folder));
    if (state.kind === 'folder') return state.mode & 0o777;
    if (folder === '.') return 0o755;
  }
}

/** Folders that must be made for the changes, from the top. */
async function missingParents(root: string, changes: readonly PlannedChange[]): Promise<PlannedChange[]> {
  const made = new Map(changes.map((change) => [change.path, change]));
  const parents: PlannedChange[] = [];
  const ensure = async (folder: string): Promise<void> => {
    if (folder === '.' || made.has(folder)) return;
    const seen = await observe(join(root, folder));
    if (seen.state.kind === 'folder') return;
    if (seen.state.kind !== 'absent') throw wrongKind(folder, 'a folder', seen.state.kind);
    await ensure(dirname(folder));
    const parent: PlannedChange = { path: folder, seen, to: { kind: 'folder', mode: await folderMode(root, folder) } };
    made.set(folder, parent);
    parents.push(parent);
  };
  for (const { path, to } of changes) if (to.kind !== 'absent') await ensure(dirname(path));
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
