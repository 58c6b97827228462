import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../src/native/index.ts';
import type { Conflict, HistoryEntry, Workspace } from '../../src/state/index.ts';
import type { Prepared } from './lane.ts';
import { openPlace, type Place } from './place.ts';
import { COMMANDED, carryOut, type Ending, RUN } from './scenario.ts';
import { pictureDifference, type TreePicture, treePicture } from './tree-picture.ts';

/** Which of its two lawful states a place was found in. */
export type Side = 'before' | 'after';

/** What a place came to after recovery. `wrong` says what is not as it must be; empty when all is. */
export interface Verdict {
  side: Side | 'mixed';
  wrong: string[];
}

/** What to hold a place against. */
export interface Expectation {
  prepared: Prepared;
  /** The sides that are allowed; after the caller was answered only `after` is. */
  allowed: readonly Side[];
  /** Also take the run back or carry it out anew, and make one more transaction. Default: true. */
  goOn?: boolean;
}

/**
 * Recovers a place as the next process does, and compares everything with what it was before and what it is after: the
 * tree to the last byte, mode and link, the history, the store, and the absence of leftovers.
 */
export async function judge(place: Place, { prepared, allowed, goOn = true }: Expectation): Promise<Verdict> {
  const wrong: string[] = [];
  let side: Verdict['side'] = 'mixed';
  try {
    const { workspace, store, close } = await openPlace(place, 'judge');
    try {
      for (const { conflicts } of await workspace.recover()) {
        const met = conflicts.filter((conflict) => !isFound(prepared.ending, conflict));
        wrong.push(...met.map(({ path, detail }) => `recovery met a conflict at ${path}: ${detail}`));
      }
      side = sideOf(await workspace.history(), treePicture(place.root), prepared, wrong);
      if (side !== 'mixed' && !allowed.includes(side)) wrong.push(`it is as ${side} the run, allowed: ${allowed}`);
      if ((await workspace.recover()).length > 0) wrong.push('a second recovery found something to do');
      wrong.push(...(await store.check()).map((damage) => `the store is damaged: ${damage}`));
      wrong.push(...leftovers(place));
      if (wrong.length === 0 && goOn && side !== 'mixed')
        wrong.push(...(await continued(workspace, place, prepared, side)));
    } finally {
      await close();
    }
  } catch (error) {
    wrong.push(`it could not be opened, recovered or used: ${(error as Error).stack}`);
  }
  return { side, wrong };
}

/** Recovery cannot know who changed a file while a command worked, so it keeps what it found, and says so. */
function isFound(ending: Ending, { path, kept }: Conflict): boolean {
  return ending === 'capture' && kept !== undefined && COMMANDED.includes(path);
}

/** What the history must say of the run on each side of each ending; `undefined`: it does not know the run. */
const HISTORY = {
  commit: { before: [undefined, 'rolled-back'], after: ['landed'] },
  many: { before: [undefined, 'rolled-back'], after: ['landed'] },
  capture: { before: [undefined, 'rolled-back'], after: ['landed'] },
  rollback: { before: [undefined, 'rolled-back'], after: [undefined, 'rolled-back'] },
  undo: { before: ['landed'], after: ['undone'] },
  redo: { before: ['undone'], after: ['landed'] },
  recover: { before: [undefined, 'rolled-back'], after: [undefined, 'rolled-back'] },
} as const;

function sideOf(history: HistoryEntry[], found: TreePicture, prepared: Prepared, wrong: string[]): Verdict['side'] {
  const { ending, before, after } = prepared;
  const state = history.find(({ run }) => run === RUN)?.state;
  const speaks = (side: Side) => (HISTORY[ending][side] as readonly (string | undefined)[]).includes(state);
  const fromBefore = pictureDifference(found, before);
  const fromAfter = pictureDifference(found, after);
  if (fromBefore.length > 0 && fromAfter.length > 0) {
    const nearest = fromBefore.length <= fromAfter.length ? fromBefore : fromAfter;
    wrong.push(`the tree is neither (history: ${state}): ${nearest.slice(0, 6).join('; ')}`);
    return 'mixed';
  }
  // Where both sides are the same tree (a rollback), the later one is as good.
  const side = fromAfter.length === 0 && (fromBefore.length > 0 || speaks('after')) ? 'after' : 'before';
  if (speaks(side)) return side;
  wrong.push(`the tree is as ${side} the run, and the history says ${state}`);
  return 'mixed';
}

/** What a finished recovery must not leave in the state folder; leftovers in the tree differ from both pictures. */
function leftovers({ stateFolder }: Place): string[] {
  const wrong: string[] = [];
  for (const name of readdirSync(stateFolder, { recursive: true, encoding: 'utf8' })) {
    const place = join(stateFolder, name);
    const last = name.split('/').at(-1) ?? '';
    if (/draft|tmp|temp|\.new$|^\.pyagent/.test(last)) wrong.push(`${name} was left in the state folder`);
    if (/^[0-9a-f]{64}$/.test(last) && lstatSync(place).isFile() && native().hashBytes(readFileSync(place)) !== last) {
      wrong.push(`${name} in the state folder is not what its name says`);
    }
  }
  return wrong;
}

/** The way back and the way on are open: the run is taken back or carried out anew, and another one works. */
async function continued(workspace: Workspace, place: Place, prepared: Prepared, side: Side): Promise<string[]> {
  const { ending, before, after } = prepared;
  const wrong: string[] = [];
  const look = (what: string, expected: TreePicture) => {
    const difference = pictureDifference(treePicture(place.root), expected);
    if (difference.length > 0) wrong.push(`after ${what}: ${difference.slice(0, 6).join('; ')}`);
  };
  const landed = ['commit', 'capture', 'many', 'redo'].includes(ending)
    ? side === 'after'
    : ending === 'undo' && side === 'before';
  const clean = ending === 'undo' ? after : before;
  if (landed) {
    const { kind } = await workspace.undo(RUN);
    look(`an undo that said ${kind}`, clean);
  } else if (ending === 'undo' || ending === 'redo') {
    const { kind } = await workspace.redo(RUN);
    look(`a redo that said ${kind}`, ending === 'undo' ? before : after);
  } else {
    await carryOut(workspace, 'rollback');
    look('a new try that was rolled back', clean);
  }
  const transaction = await workspace.begin({ run: 'run_next', title: 'the next one' });
  const { kind } = await transaction.write('next.txt', Buffer.from('next\n'));
  const ended = await transaction.commit();
  if (kind !== 'written' || ended.kind !== 'committed') wrong.push(`the next transaction said ${kind}, ${ended.kind}`);
  return wrong;
}
