/**
 * The escape suite as one program: makes every attempt as whoever it is run by, and says what came of each as a line of
 * JSON, a {@link Row}. `escape.test.ts` bundles it and starts it for each user.
 *
 *     node suite.mjs <folder of tools> <what to select, or nothing>
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

const [folder = '', pattern = ''] = process.argv.slice(2);
const tools = toolBox(folder);
const isRoot = process.getuid?.() === 0;

const applies = ({ only, number, title }: Attempt) =>
  (only === undefined || (only === 'root') === isRoot) && new RegExp(pattern).test(`(${number}) ${title}`);

/** So many at the same time: most of an attempt is waiting. */
const LANES = 3;

async function make(attempt: Attempt): Promise<void> {
  const began = performance.now();
  const control = await tryAttempt(attempt, 'plain', tools);
  const sandboxed: Tried[] = [];
  for (const way of attempt.ways ?? (['write', 'overlay'] as const))
    sandboxed.push(await tryAttempt(attempt, way, tools));
  const milliseconds = Math.round(performance.now() - began);
  const row: Row = { number: attempt.number, title: attempt.title, control, sandboxed, milliseconds };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

const waiting = ATTEMPTS.filter(applies);
const lane = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) await make(next);
};
await Promise.all(Array.from({ length: LANES }, lane));
