import type { TreeContext } from './apply-changes.ts';
import type { FileState, Observation } from './file-state.ts';

/** The mode of a folder between its making and its own mode; see `crates/files`. */
const UNFINISHED = 0o700;

/**
 * Whether a kill or a power cut left a path between two of its known states: nothing where a folder and a file change
 * places, a folder that has not got its mode, a file that is changed where it is with part of the bytes of either.
 */
export async function isHalfway(
  { state }: Observation,
  { path, from, to }: { path: string; from: readonly FileState[]; to: FileState },
  { tree }: Pick<TreeContext, 'tree'>,
): Promise<boolean> {
  const known = [...from, to];
  const folders = known.filter(({ kind }) => kind === 'folder');
  if (state.kind === 'absent') return folders.length > 0 && known.some(isContent);
  if (state.kind === 'folder') return state.mode === UNFINISHED && folders.length > 0;
  if (state.kind !== 'file') return false;
  const files = known.filter((one) => one.kind === 'file');
  const hashes = new Set(files.map(({ hash }) => hash));
  // All bytes of one and the mode of another: the mode follows the bytes. Any other mode is somebody else's.
  if (hashes.has(state.hash)) return files.some(({ mode }) => mode === state.mode);
  return hashes.size > 1 && tree.isTorn(path, [...hashes]);
}

function isContent({ kind }: FileState): boolean {
  return kind === 'file' || kind === 'symlink';
}
