import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { place } from '../place.ts';
import { execute } from './execute.ts';

/** Installs the peers at their locked versions, unless exactly these are there already. */
export async function preparePeers(): Promise<void> {
  const lock = await readFile(join(place.peers, 'package-lock.json'), 'utf8');
  const stamp = join(place.peers, 'node_modules', '.installed-lock.json');
  if (!existsSync(stamp) || (await readFile(stamp, 'utf8')) !== lock) {
    await must(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], place.peers);
    await writeFile(stamp, lock);
  }
  await preparePython();
}

/** The same for the peers from Python's registry, whose `pip` downloads source distributions too. */
export async function preparePython(): Promise<void> {
  const requirements = join(place.peers, 'requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  const pythonStamp = join(place.cache, 'python', 'installed.txt');
  if (!existsSync(pythonStamp) || (await readFile(pythonStamp, 'utf8')) !== wanted) {
    await must(['python3', '-m', 'venv', join(place.cache, 'python')], place.bench);
    await must([join(place.python, 'pip'), 'install', '--quiet', '--requirement', requirements], place.bench);
    await writeFile(pythonStamp, wanted);
  }
}

async function must(argv: string[], cwd: string): Promise<void> {
  const run = await execute({ argv, cwd });
  if (run.status === 0) return;
  throw new Error(`expected ${argv.join(' ')} to succeed, found status ${run.status}: ${run.stderr.slice(-2000)}`);
}
