import { readFile } from 'node:fs/promises';
import { downloadPypi, type Pin } from './download.ts';
import { type Tree, treeFolder, unpack } from './tree.ts';

const pinned = new URL('./python.json', import.meta.url);

/** Django's source distribution: its imports are the large Python case. Its few dependencies make it no case for those. */
export function django(): Promise<Tree> {
  return sourceDistribution('django', 'Django');
}

/** OpenStack Nova's source distribution: some sixty requirements, many with import names unlike their own. */
export function nova(): Promise<Tree> {
  return sourceDistribution('nova', 'OpenStack Nova');
}

async function sourceDistribution(name: 'django' | 'nova', title: string): Promise<Tree> {
  const pins = JSON.parse(await readFile(pinned, 'utf8')) as Record<string, Pin>;
  const pin = pins[name] as Pin;
  const root = await treeFolder(name, async (draft) => unpack(await downloadPypi(pin), draft));
  return { name, language: 'python', origin: `${title} ${pin.version}, source distribution from PyPI`, root };
}
