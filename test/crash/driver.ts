/**
 * The process that is killed, or whose system calls fail: it recovers its place, carries out the scenario and closes.
 *
 * `node driver.ts <folder of the place> <ending> <salt> [wait]`: `salt` makes the ids of this process its own; with `wait`
 * it goes on after opening when it reads a line. Each step is one line on its standard output, so that a recording shows
 * what the caller knew at each instant; a failure is the line `failed <JSON>`.
 */
import { readSync, writeSync } from 'node:fs';
import { isPyAgentError } from '../../src/kernel/index.ts';
import type { Workspace } from '../../src/state/index.ts';
import { OPENED } from './injection.ts';
import { openPlace, placeIn } from './place.ts';
import { carryOut, type Ending, RUN } from './scenario.ts';

const [folder = '', ending = '', salt = '', wait] = process.argv.slice(2);
// Not console, which may wait: the line must be out before the next step.
const say = (line: string) => writeSync(1, `${line}\n`);

/** Stays in the middle of a transaction until it is killed. */
async function hold(workspace: Workspace): Promise<void> {
  const transaction = await workspace.begin({ run: RUN, title: 'held' });
  await transaction.write('src/m0.ts', Buffer.from('held\n'));
  say('holding');
  await new Promise((resolve) => process.stdin.on('end', resolve).resume());
}

try {
  const { workspace, close } = await openPlace(placeIn(folder), salt);
  try {
    say(OPENED);
    if (wait) readSync(0, Buffer.alloc(1));
    await workspace.recover();
    say('at rest');
    if (ending === 'hold') await hold(workspace);
    say(`answered ${await carryOut(workspace, ending as Ending)}`);
  } finally {
    await close();
  }
  say('closed');
} catch (error) {
  const { name, message, stack } = error as Error;
  const code = isPyAgentError(error) ? error.code : undefined;
  say(`failed ${JSON.stringify({ name, code, message, ...(code ? {} : { stack }) })}`);
}
