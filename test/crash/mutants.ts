import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Edit, MUTANTS, type Mutant } from './mutant-list.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** What the product and this suite are made of. */
const SOURCES = ['src', 'crates', 'scripts', 'schemas', 'test/crash', 'package.json', 'Cargo.toml', 'Cargo.lock'];

/** Where the copy keeps the addon of the sound sources. */
const SOUND = 'dist/native-sound';

/** Milliseconds for one build, and for one suite. */
const BUILD_LIMIT = 900_000;
const SUITE_LIMIT = 300_000;

/** What a suite said about a copy of the checkout. */
interface Heard {
  kind: 'silent' | 'noticed' | 'broken';
  /** The first thing that it noticed, or what broke. */
  detail: string;
}

/**
 * Breaks a copy of the checkout in one way after the other and runs the short suites there. Returns the mutants that
 * nobody noticed, and those that say nothing because they do not build or do not work. The sound copy goes first: it
 * must be silent.
 */
export async function runMutants(say: (line: string) => void, only = ''): Promise<string[]> {
  const copy = makeCopy();
  const wrong: string[] = [];
  try {
    for (const suite of ['kills', 'power'] as const) {
      const { kind, detail } = hear(copy, suite);
      if (kind !== 'silent') wrong.push(`the sound copy is not silent (${suite}): ${detail}`);
    }
    say(`the sound copy: ${wrong.length === 0 ? 'silent' : wrong.join('; ')}`);
    for (const mutant of MUTANTS.filter(({ name }) => new RegExp(only).test(name))) {
      const { kind, detail } = tryMutant(copy, mutant);
      say(`${kind === 'noticed' ? 'noticed' : `NOT NOTICED (${kind})`}: ${mutant.name}\n  ${detail.slice(0, 300)}`);
      if (kind !== 'noticed') wrong.push(`${mutant.name}: ${kind}: ${detail}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return wrong;
}

function makeCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'pyagent-mutants-'));
  for (const name of SOURCES) cpSync(join(checkout, name), join(copy, name), { recursive: true });
  mkdirSync(join(copy, 'dist'));
  for (const addon of ['dist/native', SOUND])
    cpSync(join(checkout, 'dist/native'), join(copy, addon), { recursive: true });
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  // What cargo has built already; times are kept, or it would build all of it again.
  cpSync(join(checkout, 'target/release'), join(copy, 'target/release'), { recursive: true, preserveTimestamps: true });
  return copy;
}

function tryMutant(copy: string, { edits, caughtBy }: Mutant): Heard {
  const sound = new Map(edits.map(({ file }) => [file, readFileSync(join(copy, file))]));
  try {
    for (const edit of edits) mutate(copy, edit);
    if (edits.some(({ file }) => file.endsWith('.rs'))) build(copy);
    const first = hear(copy, caughtBy);
    return first.kind === 'silent' ? hear(copy, caughtBy === 'kills' ? 'power' : 'kills') : first;
  } catch (error) {
    return { kind: 'broken', detail: (error as Error).message };
  } finally {
    for (const [file, text] of sound) writeFileSync(join(copy, file), text);
    cpSync(join(copy, SOUND), join(copy, 'dist/native'), { recursive: true });
  }
}

function mutate(copy: string, { file, find, replace }: Edit): void {
  const text = readFileSync(join(copy, file), 'utf8');
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`expected this once in ${file}, found it ${parts.length - 1} times: ${find}`);
  writeFileSync(join(copy, file), parts.join(replace));
}

function build(copy: string): void {
  const { CARGO_TARGET_DIR: _, ...env } = process.env;
  const built = spawnSync(process.execPath, ['scripts/build-native.ts'], { cwd: copy, env, timeout: BUILD_LIMIT });
  if (built.status !== 0) throw new Error(`it does not build: ${built.stderr?.toString().slice(-600)}`);
}

/** Runs a short suite until it notices something. */
function hear(copy: string, suite: Mutant['caughtBy']): Heard {
  const argv = ['test/crash/run.ts', 'short', suite];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: copy, timeout: SUITE_LIMIT });
  const said = stdout.toString();
  if (status === 0) return { kind: 'silent', detail: said.trim() };
  const noticed = said.split('\n').find((line) => line.startsWith('noticed: '));
  if (noticed) return { kind: 'noticed', detail: noticed };
  return { kind: 'broken', detail: `${said}${stderr.toString()}`.slice(-900) };
}
