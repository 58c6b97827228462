/**
 * `npm run fuzz:edits -- [--cases 12000] [--seed n] [--show n]`: distorts real edits of real files, where the right
 * answer is known, and counts what the applier makes of them. Exit code 1 when a file was corrupted, or when fewer than
 * 95 of 100 edits with one meaning were applied.
 */
import { parseArgs } from 'node:util';
import { type FuzzReport, fuzz, type Tally, type WrongAnswer } from './fuzz.ts';
import { sources } from './sources.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string' }, seed: { type: 'string' }, show: { type: 'string' }, only: { type: 'string' } },
});
const cases = Number(values.cases ?? 12_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const files = sources();
for (const what of files.missing) process.stdout.write(`SKIPPED: ${what}\n`);
process.stdout.write(`seed ${seed}, ${cases} cases, ${files.files} files\n`);
const report = await fuzz(files, { cases, seed });
process.stdout.write(table(report));
const shown = report.wrong.filter(({ perturbation }) => values.only === undefined || perturbation === values.only);
for (const wrong of shown.slice(0, Number(values.show ?? 3))) process.stdout.write(describe(wrong));
const { total } = report;
process.exitCode = total.corrupting === 0 && total.oneMeaningApplied >= 0.95 * total.oneMeaning ? 0 : 1;

function table({ tallies, total, micros }: FuzzReport): string {
  const head =
    'distortion'.padEnd(46) +
    ['cases', 'one meaning', 'applied', 'refused', 'corrupting'].map((word) => word.padStart(12)).join('');
  const line = (name: string, { cases, oneMeaning, oneMeaningApplied, applied, refused, corrupting }: Tally) => {
    const share = oneMeaning === 0 ? '-' : `${((100 * oneMeaningApplied) / oneMeaning).toFixed(1)} %`;
    return (
      name.padEnd(46) + [cases, share, applied, refused, corrupting].map((cell) => String(cell).padStart(12)).join('')
    );
  };
  const rows = [...tallies].map(([name, tally]) => line(name, tally));
  const at = (share: number) => Math.round(micros[Math.floor(share * (micros.length - 1))] ?? 0);
  return `${[head, ...rows, line('all', total)].join('\n')}\ntime per edit: median ${at(0.5)} µs, 99 of 100 below ${at(0.99)} µs\n`;
}

function describe({ perturbation, number, wrong, case: made, found }: WrongAnswer): string {
  const edits = typeof made.edits === 'string' ? made.edits : JSON.stringify(made.edits, null, 1);
  const expected = difference(made.before, made.after);
  const got = typeof found === 'string' ? found : difference(made.before, found);
  return `\n== ${wrong}: ${perturbation}, case ${number}, ${made.path}\n${edits}\n-- meant\n${expected}\n-- found\n${got}\n`;
}

/** The lines in which two contents differ, with what is invisible made visible. */
function difference(before: Uint8Array, after: Uint8Array): string {
  const [left, right] = [before, after].map((bytes) => Buffer.from(bytes).toString('utf8').split('\n'));
  if (left === undefined || right === undefined) return '';
  let front = 0;
  while (front < left.length && left[front] === right[front]) front += 1;
  let back = 0;
  while (back < left.length - front && back < right.length - front && left.at(-1 - back) === right.at(-1 - back))
    back += 1;
  const side = (sign: string, lines: string[]) =>
    lines.slice(Math.max(0, front - 1), lines.length - back).map((line) => `${sign}${JSON.stringify(line)}`);
  return [`from line ${front + 1}`, ...side('-', left), ...side('+', right)].join('\n');
}
