/**
 * The long form of the escape suite: `npm run escape`. Each attempt is made over both kinds of workspace, and races are run
 * ten times as long; a pattern after it chooses among `(number) title`. Prints the table; the exit code is 1 when something
 * escaped.
 */
import { rmSync } from 'node:fs';
import { packTools } from './pack-tools.ts';
import { runAll, USERS } from './suite-run.ts';
import { summarise, tableOf } from './summary.ts';

const packed = await packTools();
try {
  const users = await runAll(packed, { form: 'long', pattern: process.argv[2] ?? '' });
  process.stdout.write(`${tableOf(users)}\n`);
  if (USERS.length === 1) process.stdout.write('not run as root: only the half of an ordinary user was tried\n');
  for (const [name, rows] of users) {
    for (const row of summarise(rows).escaped) {
      process.exitCode = 1;
      for (const { way, evidence, ended } of row.sandboxed)
        if (evidence.length > 0)
          process.stdout.write(`${name}, (${row.number}) ${row.title}, ${way}: ${evidence.join('; ')}; ${ended}\n`);
    }
  }
} finally {
  rmSync(packed.folder, { recursive: true, force: true });
}
