/**
 * `npm run merge-histories`: the group `merge` of the bench alone, printed; exit code 1 when a target is missed. With
 * `-- --all` every file of the histories is a case, and mergiraf is not asked.
 */
import { preparePython } from '../measure/prepare.ts';
import { mergeRows, rowsOf } from '../row-merge.ts';
import { historyCases } from './history-cases.ts';

await preparePython();
const rows = await (process.argv.includes('--all')
  ? rowsOf('merge', await historyCases(Number.POSITIVE_INFINITY), 'release lines of real packages', false)
  : mergeRows());
for (const { what, on, ours, peers, target, details } of rows) {
  process.stdout.write(`${what} | ${on} | ${ours} | ${peers} | ${target?.met === false ? 'MISSED' : 'met'}\n`);
  for (const [title, lines] of Object.entries(details ?? {}))
    for (const line of lines) process.stdout.write(`    ${title}: ${line}\n`);
}
process.exitCode = rows.every(({ target }) => target?.met !== false) ? 0 : 1;
