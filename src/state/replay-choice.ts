import { PyAgentError, readGlob } from '../kernel/index.ts';
import type { Store } from '../store/index.ts';
import { readHistory } from './history.ts';
import { readOperationPaths, readTransactions, type TransactionRecord } from './journal.ts';
import { type RunPath, runPaths, unknownRun } from './run-paths.ts';

/** Files that are meant by what a person wrote. */
export interface PathPattern {
  /** As written, for messages. */
  given: string;
  /** Each a file, a folder that stands for what is in it, or a glob, relative to the root: any may match. */
  anyOf: readonly string[];
}

/** What shall be taken back or brought back. */
export interface ReplayTarget {
  kind: 'undo' | 'redo';
  /**
   * Id of a run, or of an undo or a redo. Default: undo the run that changed the tree last, redo the one that was undone
   * last.
   */
  target?: string;
  /** Only these files of it. Default: all. */
  only?: readonly PathPattern[];
}

/** The chosen run with the paths that shall go back one step, and all of its paths. */
export interface ReplayChoice {
  kind: 'chosen';
  run: string;
  title: string;
  /** What it makes of the paths. */
  effect: 'undo' | 'redo';
  /** The undo or redo that is taken back. */
  takesBack?: string;
  paths: RunPath[];
  all: RunPath[];
}

/** Why there is nothing to do. */
export interface NothingChosen {
  kind: 'nothing';
  message: string;
}

/** Finds what `request` means. Fails with `state/unknown-run` and `state/path-not-found`. */
export async function chooseReplay(store: Store, request: ReplayTarget): Promise<ReplayChoice | NothingChosen> {
  const { kind, target } = request;
  if (target === undefined) return newest(store, request);
  const records = await readTransactions(store);
  const operation = records.find(({ id, kind: of }) => id === target && of !== 'change');
  if (operation) return ofOperation(store, operation, request);
  const run = records.find(({ id }) => id === target)?.run ?? target;
  const entry = (await readHistory(store)).find((candidate) => candidate.run === run);
  if (!entry) throw unknownRun(target);
  const nothing = (why: string): NothingChosen => ({
    kind: 'nothing',
    message: `Run ${run} ${why}: there is nothing to ${kind}.`,
  });
  if (entry.prunedAt !== undefined) return nothing('was pruned and can no longer be undone or redone');
  if (entry.state === 'open' || entry.state === 'rolled-back') return nothing(`is ${entry.state.replace('-', ' ')}`);
  const all = await runPaths(store, run);
  if (all.length === 0) return nothing('changed nothing');
  const paths = narrowed(inState(all, kind), all, request.only, run);
  const which = request.only === undefined ? `is ${entry.state.replace('-', ' ')}` : `has these files ${WHERE[kind]}`;
  return paths.length === 0 ? nothing(which) : { kind: 'chosen', run, title: entry.title, effect: kind, paths, all };
}

const WHERE = { undo: 'undone already', redo: 'in the tree already' } as const;
const STATE = { undo: 'applied', redo: 'undone' } as const;

const inState = (paths: readonly RunPath[], kind: 'undo' | 'redo') =>
  paths.filter(({ state }) => state === STATE[kind]);

async function newest(store: Store, { kind, only }: ReplayTarget): Promise<ReplayChoice | NothingChosen> {
  const wanted = kind === 'undo' ? 'landed' : 'undone';
  const history = (await readHistory(store)).reverse();
  let seen = false;
  for (const { run, title, state, prunedAt } of history) {
    if (prunedAt !== undefined || (state !== wanted && state !== 'partly-undone')) continue;
    const all = await runPaths(store, run);
    const paths = inState(all, kind);
    if (paths.length === 0) continue;
    seen = true;
    const chosen = only === undefined ? paths : paths.filter(({ path }) => only.some((each) => matches(each, path)));
    if (chosen.length === 0) continue;
    return { kind: 'chosen', run, title, effect: kind, paths: narrowed(paths, all, only, run), all };
  }
  const files = seen && only !== undefined ? ` that changed ${only.map(({ given }) => given).join(', ')}` : '';
  return { kind: 'nothing', message: `There is no run to ${kind}${files}.` };
}

/**
 * Takes back an undo or a redo, on the paths to which nothing happened since (undo), or brings it back, on the paths on
 * which it was taken back (redo).
 */
async function ofOperation(
  store: Store,
  record: TransactionRecord,
  request: ReplayTarget,
): Promise<ReplayChoice | NothingChosen> {
  const { id, run, kind: did, title, state, prunedAt } = record;
  const nothing = (why: string): NothingChosen => ({
    kind: 'nothing',
    message: `The ${did} ${id} ${why}: there is nothing to ${request.kind}.`,
  });
  if (prunedAt !== undefined) return nothing('was pruned');
  if (state !== 'committed') return nothing('never came to pass');
  const all = await runPaths(store, run);
  const about = new Set((await readOperationPaths(store, record)).map(({ path }) => path));
  const again = did === 'redo' ? 'redo' : 'undo';
  const effect = request.kind === 'redo' ? again : again === 'undo' ? 'redo' : 'undo';
  const standing = all.filter((path) =>
    request.kind === 'undo' ? path.operation === id : about.has(path.path) && path.state === STATE[effect],
  );
  const paths = narrowed(standing, all, request.only, run);
  if (paths.length === 0) return nothing('has been followed by another one on the same files');
  return { kind: 'chosen', run, title, effect, takesBack: id, paths, all };
}

/** The paths of `given` that `only` means, with the folders above them that the run made or removed. */
function narrowed(
  given: readonly RunPath[],
  all: readonly RunPath[],
  only: readonly PathPattern[] | undefined,
  run: string,
): RunPath[] {
  if (only === undefined) return [...given];
  for (const pattern of only) {
    if (all.some(({ path }) => matches(pattern, path))) continue;
    throw new PyAgentError({
      code: 'state/path-not-found',
      message: `Expected --only to name files that ${run} changed, found none for ${pattern.given}: \`pyagent show ${run}\` lists them.`,
      details: { run, pattern: pattern.given },
    });
  }
  const meant = given.filter(({ path }) => only.some((pattern) => matches(pattern, path)));
  const isAbove = ({ path, before, after }: RunPath) =>
    (before.kind === 'folder' || after.kind === 'folder') && meant.some((below) => below.path.startsWith(`${path}/`));
  return given.filter((path) => meant.includes(path) || isAbove(path));
}

function matches({ anyOf }: PathPattern, path: string): boolean {
  return anyOf.some((pattern) => {
    // What exists under the very name is meant, even where the name looks like a glob.
    if (path === pattern || path.startsWith(`${pattern}/`) || pattern === '') return true;
    const glob = readGlob(pattern);
    return glob.kind === 'glob' && glob.matches(path);
  });
}
