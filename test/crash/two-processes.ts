import { spawn } from 'node:child_process';
import { isPyAgentError } from '../../src/kernel/index.ts';
import type { Lane, Prepared } from './lane.ts';
import { openPlace } from './place.ts';
import { judge } from './verdict.ts';

/**
 * One process holds the workspace in the middle of a transaction, another one asks for it: it is refused and told who
 * holds it. Once the holder is killed the other one gets in, and finds the tree as before. Returns what went wrong.
 */
export async function refuseThenTakeOver(lane: Lane, prepared: Prepared): Promise<string[]> {
  await prepared.setUp();
  const wrong: string[] = [];
  const holder = spawn(process.execPath, [lane.program, lane.place.folder, 'hold', 'held'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => holder.on('close', resolve));
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.setEncoding('utf8').on('data', (text: string) => text.includes('holding') && resolve());
      holder.on('close', () => reject(new Error('expected the first process to hold the workspace, it ended')));
    });
    wrong.push(...(await refused(lane, holder.pid)));
  } finally {
    holder.kill('SIGKILL');
    await ended;
  }
  const verdict = await judge(lane.place, { prepared, allowed: ['before'] });
  return [...wrong, ...verdict.wrong];
}

async function refused(lane: Lane, holder: number | undefined): Promise<string[]> {
  try {
    await (await openPlace(lane.place, 'second')).close();
    return ['a second process got in while the first one held the workspace'];
  } catch (error) {
    if (!isPyAgentError(error, 'state/busy')) return [`expected state/busy, found ${(error as Error).stack}`];
    const named = (error.details as { holder?: { pid?: unknown } }).holder?.pid;
    return named === holder ? [] : [`expected process ${holder} to be named as the holder, found ${named}`];
  }
}
