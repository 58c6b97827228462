import type { FileState } from '../file-state.ts';

/**
 * What `to` is at a place where `ours` stands: a file keeps its owner, and one with several names stays the file that
 * those names lead to.
 */
export function nextVersion(ours: FileState, to: FileState): FileState {
  if (ours.kind !== 'file' || to.kind !== 'file') return to;
  const { hash, mode, size } = to;
  const { id: _, ...same } = ours;
  return { ...(ours.linked ? ours : same), hash, mode, size };
}
