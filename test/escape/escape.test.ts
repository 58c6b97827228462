import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { packTools } from './pack-tools.ts';
import type { Row } from './suite.ts';
import { runAll, USERS, type Who } from './suite-run.ts';
import { summarise, tableOf } from './summary.ts';

/** Below this many attempts that work without a sandbox the suite has lost its teeth. */
const CONTROLS = { root: 270, user: 240 };
/** The numbers of the list; the others are the work of other suites (docs/design/isolation.md says which). */
const NUMBERS = [...range(1, 8), ...range(13, 31), 33, 34];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

const onLinux = process.platform === 'linux' ? false : `escapes are tried on Linux only, this is ${process.platform}`;
let users: ReadonlyMap<Who['name'], Row[]> = new Map();
let folder: string | undefined;

before(
  async () => {
    if (onLinux !== false) return;
    const packed = await packTools();
    folder = packed.folder;
    users = await runAll(packed, { form: 'short' });
  },
  { timeout: 600_000 },
);

after(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

for (const { name } of USERS) {
  test(`as ${name === 'root' ? 'root' : 'an ordinary user'}, what a hostile command tries`, {
    skip: onLinux,
  }, async (t) => {
    for (const row of users.get(name) ?? []) {
      const works = row.control.evidence.length > 0;
      await t.test(
        `(${row.number}) ${row.title}: held${works ? '' : ', but cannot work here even without a sandbox'}`,
        () => {
          for (const { way, evidence, ended } of row.sandboxed) {
            assert.deepEqual(evidence, [], `with a workspace to ${way} it escaped; the command ended so: ${ended}`);
          }
        },
      );
    }
  });

  test(`as ${name === 'root' ? 'root' : 'an ordinary user'}, the same attempts escape without a sandbox`, {
    skip: onLinux,
  }, () => {
    const rows = users.get(name) ?? [];
    const working = rows.filter(({ control }) => control.evidence.length > 0);
    assert.ok(
      working.length >= CONTROLS[name],
      `expected at least ${CONTROLS[name]} attempts to work without a sandbox, found ${working.length} of ${rows.length}`,
    );
    const missing = NUMBERS.filter((number) => !working.some((row) => row.number === number));
    assert.deepEqual(missing, [], 'numbers of the list of which no attempt works without a sandbox');
  });
}

test('the count', { skip: onLinux }, (t) => {
  if (USERS.length === 1) t.diagnostic('not run as root: only the half of an ordinary user was tried');
  for (const line of tableOf(users).split('\n')) process.stdout.write(`${line}\n`);
  for (const [name, rows] of users) {
    const { escaped, cannotWork } = summarise(rows);
    assert.equal(escaped.length, 0, `${name}: ${escaped.map(({ title }) => title).join('; ')}`);
    t.diagnostic(
      `${name}: cannot work here: ${cannotWork.map(({ number, title }) => `(${number}) ${title}`).join('; ')}`,
    );
  }
});
