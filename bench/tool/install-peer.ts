import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from '../measure/execute.ts';
import { place } from '../place.ts';

/** Installs the peers of `bench/peers/<name>` at their locked versions, unless exactly these are there; gives the folder. */
export async function installPeer(name: string): Promise<string> {
  const folder = join(place.peers, name);
  const lock = await readFile(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.installed-lock.json');
  if (!existsSync(stamp) || (await readFile(stamp, 'utf8')) !== lock) {
    const install = await execute({ argv: ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd: folder });
    if (install.status !== 0) throw new Error(`expected npm ci in ${folder} to succeed: ${install.stderr.slice(-500)}`);
    await writeFile(stamp, lock);
  }
  return folder;
}
