import { spawn } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Packed } from './pack-tools.ts';
import type { Form, Row } from './suite.ts';

/** Somebody who runs the suite. */
export interface Who {
  name: 'root' | 'user';
  /** Whom to become first. Absent: nobody else. */
  id?: number;
}

/** An id that no system gives out. */
const NOBODY_KNOWN = 64_087;

/** Root runs the suite, and once more as an ordinary user; an ordinary user runs it alone. */
export const USERS: readonly Who[] =
  process.getuid?.() === 0 ? [{ name: 'root' }, { name: 'user', id: NOBODY_KNOWN }] : [{ name: 'user' }];

/** What to run. */
export interface Selection {
  form: Form;
  /** Of `(number) title`. Default: all. */
  pattern?: string;
}

/** Runs the packed suite as somebody, with an empty home folder; gives each row as it comes. */
export async function* runSuite(
  { folder, suite }: Packed,
  { name, id }: Who,
  { form, pattern = '' }: Selection,
): AsyncGenerator<Row> {
  const home = join(folder, `home-of-${name}`);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (id !== undefined) chownSync(home, id, id);
  const child = spawn(join(folder, 'bin/node'), [suite, folder, form, pattern], {
    cwd: home,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(id === undefined ? {} : { uid: id, gid: id }),
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Row;
  const code = await ended;
  if (code !== 0) throw new Error(`expected the suite to end well as ${name}, it ended with exit code ${code}`);
}

/** Everybody at once. */
export async function runAll(packed: Packed, selection: Selection): Promise<ReadonlyMap<Who['name'], Row[]>> {
  const runs = USERS.map(async (who) => {
    const found: Row[] = [];
    for await (const row of runSuite(packed, who, selection)) found.push(row);
    return [who.name, found.toSorted((one, other) => one.number - other.number)] as const;
  });
  // The tools are removed afterwards, so nobody may still be at work.
  await Promise.allSettled(runs);
  return new Map(await Promise.all(runs));
}
