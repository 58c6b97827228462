import { native } from '../../native/index.ts';
import type { FileState } from '../file-state.ts';
import type { ObjectFolder } from '../object-folder.ts';
import type { WriteOutcome } from '../transaction.ts';
import type { Transaction } from '../workspace.ts';
import type { MergeConflict } from './merge-conflict.ts';
import { nextVersion } from './next-version.ts';

/** The answer of an agent or a person to a conflict. */
export type ConflictResolution =
  /** What is in the repository stays. */
  | { kind: 'ours' }
  /** What the workspace has, its absence included. */
  | { kind: 'theirs' }
  /** New content. `mode`: permission bits, by default those of the file in the repository or in the workspace. */
  | { kind: 'bytes'; bytes: Uint8Array; mode?: number };

/** `conflict`: the path was changed again since the conflict was found. */
export type ResolveOutcome = WriteOutcome;

/** Writes the answer if the repository still has what the conflict says. */
export async function resolveConflict(
  conflict: MergeConflict,
  answer: ConflictResolution,
  { transaction, objects }: { transaction: Transaction; objects: ObjectFolder },
): Promise<ResolveOutcome> {
  if (answer.kind === 'ours') return { kind: 'written', paths: [] };
  const { path, ours } = conflict;
  const to = answer.kind === 'theirs' ? conflict.theirs : fileOf(conflict, answer);
  if (answer.kind === 'bytes') await objects.keep([answer.bytes]);
  return transaction.writeAll([{ kind: 'restore', path, to: nextVersion(ours, to), expect: ours }]);
}

function fileOf({ ours, theirs }: MergeConflict, { bytes, mode }: { bytes: Uint8Array; mode?: number }): FileState {
  const like = [ours, theirs].find((state) => state.kind === 'file');
  const owner: [number, number] = like?.owner ?? [-1, -1];
  const hash = native().hashBytes(bytes);
  return { kind: 'file', hash, size: bytes.length, mode: mode ?? like?.mode ?? 0o644, owner };
}
