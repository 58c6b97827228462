/** Whether the work grows with the length of the text alone: instructions, which no other process can change. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute } from '../measure/execute.ts';
import { place } from '../place.ts';
import { HOSTILE } from './hostile.ts';

/** More than a stream keeps back, so that several blocks are looked at. */
const LENGTH = 700_000;

/** How much the instructions grow when a text of one kind becomes four times as long, the worst first. */
export type Growth =
  | { kind: 'measured'; ratios: { name: string; ratio: number; perByte: number }[] }
  | { kind: 'skipped'; reason: string };

/** Measures each hostile text by callgrind. `names`: only these. */
export async function growth(names: readonly string[] = Object.keys(HOSTILE)): Promise<Growth> {
  if (spawnSync('valgrind', ['--version']).status !== 0) return { kind: 'skipped', reason: 'there is no valgrind' };
  const program = await engineProgram();
  const folder = await mkdtemp(join(tmpdir(), 'bench-linearity-'));
  try {
    const empty = await instructions(program, folder, '');
    const ratios = [];
    for (const name of names) {
      const unit = HOSTILE[name] ?? name;
      const once = (await instructions(program, folder, repeated(unit, LENGTH))) - empty;
      const fourfold = (await instructions(program, folder, repeated(unit, 4 * LENGTH))) - empty;
      ratios.push({ name, ratio: fourfold / once, perByte: fourfold / (4 * LENGTH) });
    }
    return { kind: 'measured', ratios: ratios.sort((one, other) => other.ratio - one.ratio) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const repeated = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** The engine alone, as a program that reads files; built from the present sources. */
export async function engineProgram(): Promise<string> {
  const argv = ['cargo', 'build', '--release', '--quiet', '--package', 'pyagent_redaction', '--example', 'throughput'];
  const build = await execute({ argv, cwd: place.repository });
  if (build.status !== 0) throw new Error(`expected ${argv.join(' ')} to succeed: ${build.stderr.slice(-1000)}`);
  return join(place.repository, 'target/release/examples/throughput');
}

async function instructions(program: string, folder: string, text: string): Promise<number> {
  const file = join(folder, 'text');
  await writeFile(file, text);
  const output = `--callgrind-out-file=${join(folder, 'callgrind.out')}`;
  const run = await execute({ argv: ['valgrind', '--tool=callgrind', output, program, '--once', file], cwd: folder });
  const count = /Collected : (\d+)/.exec(run.stderr)?.[1];
  if (run.status !== 0 || count === undefined)
    throw new Error(`expected a count of callgrind: ${run.stderr.slice(-500)}`);
  return Number(count);
}
