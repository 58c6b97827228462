/**
 * The escape suite as one program: makes every attempt as whoever it is run by, and says what came of each as a line of
 * JSON, a {@link Row}. `escape.test.ts` bundles it and starts it for each user.
 *
 *     node suite.mjs <folder of tools> <form> <what to select, or nothing>
 */
import type { Attempt } from './attempt.ts';
import { ATTEMPTS } from './attempts/all.ts';
import { toolBox } from './tool-box.ts';
import { type Tried, tryAttempt } from './try-attempt.ts';

/** What one attempt came to. */
export interface Row {
  number: number;
  title: string;
  /** Without a sandbox: this must escape, or it cannot work on this machine. */
  control: Tried;
  /** In the sandbox, once for each kind of workspace. */
  sandboxed: Tried[];
  /** How long all of it took. */
  milliseconds: number;
}

/** `short`: one kind of workspace for most, races are short. `long`: both, and ten times as long. */
export type Form = 'short' | 'long';

const [folder = '', form = 'short', pattern = ''] = process.argv.slice(2);
const tools = toolBox(folder);
const isRoot = process.getuid?.() === 0;
const patience = form === 'long' ? 10 : 1;
/** So many at the same time: most of an attempt is waiting. */
const LANES = 3;
/** In the short form every so many attempts are made in all ways, the others in their first. */
const ALL_WAYS = 4;

const applies = ({ only, number, title }: Attempt) =>
  (only === undefined || (only === 'root') === isRoot) && new RegExp(pattern).test(`(${number}) ${title}`);

async function make(attempt: Attempt, index: number): Promise<void> {
  const began = performance.now();
  const ways = attempt.ways ?? (['write', 'overlay'] as const);
  const control = await tryAttempt(attempt, 'plain', tools, patience);
  const sandboxed: Tried[] = [];
  for (const way of form === 'long' || index % ALL_WAYS === 0 ? ways : ways.slice(0, 1))
    sandboxed.push(await tryAttempt(attempt, way, tools, patience));
  const milliseconds = Math.round(performance.now() - began);
  const row: Row = { number: attempt.number, title: attempt.title, control, sandboxed, milliseconds };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

const waiting = [...ATTEMPTS.filter(applies).entries()];
const lane = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) await make(next[1], next[0]);
};
await Promise.all(Array.from({ length: LANES }, lane));
