import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { type Attempt, type Ran, script, type Way } from '../attempt.ts';
import { specLine, startHelper } from '../in-sandbox.ts';
import type { Place } from '../place.ts';
import { processesWith } from '../witnesses.ts';

const STAY = '15';

const daemon = (place: Place, word = 'outlive') => ['escape-probe', word, place.mark, STAY];

/** Waits until `holds`, or `limitMs` are over. */
async function until(holds: () => boolean, limitMs: number): Promise<boolean> {
  const step = 10;
  for (let waited = 0; waited < limitMs; waited += step) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, step));
  }
  return holds();
}

/** The daemon is there; then somebody is killed, and it has two seconds to be gone, with what stood in for absent files. */
async function killed(place: Place, entries: string, way: Way, kill: () => void): Promise<Ran> {
  // Without a sandbox it stays; a moment is enough to see that.
  const limitMs = way === 'plain' ? 200 : 2000;
  const began = await until(() => processesWith(`linger\0${place.mark}`).length > 0, 5000);
  kill();
  const isQuiet = () => processesWith(place.mark).length === 0 && entriesOf(place) === entries;
  if (began) await until(isQuiet, limitMs);
  return { kind: began ? 'exited' : 'refused', stdout: '', stderr: '', reason: began ? 'it began' : 'it never began' };
}

const entriesOf = ({ workspace }: Place) => readdirSync(workspace).join();

async function afterTheHelperIsKilled(place: Place, way: Way): Promise<Ran> {
  const entries = entriesOf(place);
  if (way === 'plain') {
    const child = spawn(place.tools.probe, daemon(place, 'outlive-and-stay').slice(1), { stdio: 'ignore' });
    return killed(place, entries, way, () => child.kill('SIGKILL'));
  }
  const { child } = startHelper(place, await specLine(place, way, daemon(place, 'outlive-and-stay')));
  return killed(place, entries, way, () => child.kill('SIGKILL'));
}

async function afterTheStarterIsKilled(place: Place, way: Way): Promise<Ran> {
  const entries = entriesOf(place);
  const words =
    way === 'plain' ? [place.tools.probe, ...daemon(place, 'outlive-and-stay').slice(1)] : [place.tools.helper];
  const starter = spawn(place.tools.probe, ['start-and-stay', ...words], { stdio: ['pipe', 'ignore', 'ignore'] });
  starter.stdin.end(way === 'plain' ? '' : await specLine(place, way, daemon(place, 'outlive-and-stay')));
  return killed(place, entries, way, () => starter.kill('SIGKILL'));
}

/** A person at the keyboard: one signal to the group. */
async function afterTheGroupIsAsked(place: Place, way: Way): Promise<Ran> {
  const entries = entriesOf(place);
  const argv = daemon(place, 'outlive-and-stay');
  const child =
    way === 'plain'
      ? spawn(place.tools.probe, argv.slice(1), { stdio: 'ignore', detached: true })
      : startHelper(place, await specLine(place, way, argv)).child;
  return killed(place, entries, way, () => process.kill(-(child.pid ?? 0), 'SIGTERM'));
}

const staying: Attempt[] = [
  {
    number: 26,
    title: 'a daemon, twice removed, with nothing of its start',
    argv: (place) => daemon(place),
    ways: ['write'],
  },
  {
    number: 26,
    title: 'a daemon, and the command runs out of time',
    argv: (place) => daemon(place, 'outlive-and-stay'),
    wishes: () => ({ timeoutMs: 400 }),
    ways: ['write'],
  },
  {
    number: 26,
    title: 'a job in the background that ignores signals',
    argv: script(
      'setsid env -i "$(command -v escape-probe)" ignore-signals "$LC_MARK" 15 </dev/null >/dev/null 2>&1 & sleep 0.2',
    ),
    ways: ['write'],
  },
  { number: 26, title: 'a daemon, and the helper is killed', start: afterTheHelperIsKilled },
  { number: 26, title: 'a daemon, and whoever started the helper is killed', start: afterTheStarterIsKilled },
  { number: 26, title: 'a daemon, and the whole group is asked to end', start: afterTheGroupIsAsked, ways: ['write'] },
];

const harming = (title: string, ...words: string[]): Attempt => ({
  number: 27,
  title,
  argv: ({ witnesses }) => ['escape-probe', words[0] ?? '', String(witnesses.victim), ...words.slice(1)],
  ways: ['write'],
});

const harm: Attempt[] = [
  harming('a process outside is killed', 'signal', '9'),
  harming('a process outside is stopped', 'signal', '19'),
  {
    ...harming('the group of a process outside is killed'),
    argv: ({ witnesses }) => ['escape-probe', 'signal', `-${witnesses.victim}`, '9'],
  },
  harming('the limits of a process outside are changed', 'limit'),
  harming('the priority of a process outside is lowered', 'priority'),
];

/** (26) and (27). */
export const PROCESSES: readonly Attempt[] = [...staying, ...harm];
