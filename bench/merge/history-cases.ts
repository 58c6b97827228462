import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { downloadNpm, downloadPypi, type Pin } from '../trees/download.ts';
import { treeFolder, unpack } from '../trees/tree.ts';
import { languageOf, type MergeCase } from './merge-case.ts';

/** Two release lines of a package: `ours` is a later release of the old line, `theirs` one of the new line. */
interface History {
  registry: 'npm' | 'pypi';
  base: Pin;
  ours: Pin;
  theirs: Pin;
}

const pinned = new URL('./histories.json', import.meta.url);

/** Bundles and tables that nobody wrote by hand. */
const LARGEST = 1_500_000;

/** Files of one history, evenly spread over its paths, so that no large package outweighs the others. */
const PER_HISTORY = 16;

/**
 * Files that differ in all three releases of a pinned history, at most {@link PER_HISTORY} of each, or all of them with
 * `most`.
 */
export async function historyCases(most = PER_HISTORY): Promise<MergeCase[]> {
  const histories = JSON.parse(await readFile(pinned, 'utf8')) as History[];
  const cases: MergeCase[] = [];
  for (const { registry, base, ours, theirs } of histories) {
    const [b, o, t] = await Promise.all([base, ours, theirs].map((pin) => release(registry, pin)));
    if (b === undefined || o === undefined || t === undefined) continue;
    const found: MergeCase[] = [];
    for (const path of await filesBelow(b)) {
      const texts = await Promise.all(
        [b, o, t].map((root) => readFile(join(root, path), 'utf8').catch(() => undefined)),
      );
      const [one, two, three] = texts;
      if (one === undefined || two === undefined || three === undefined) continue;
      if (one === two || one === three || two === three || one.length > LARGEST) continue;
      found.push({
        name: `${ours.name} ${ours.version} and ${theirs.version}: ${path}`,
        path,
        base: one,
        ours: two,
        theirs: three,
      });
    }
    const step = Math.max(1, found.length / most);
    for (let at = 0; at < found.length; at += step) cases.push(found[Math.floor(at)] as MergeCase);
  }
  return cases;
}

function release(registry: History['registry'], pin: Pin): Promise<string> {
  const name = `release-${pin.name.replace('@', '').replace('/', '-')}-${pin.version}`;
  return treeFolder(name, async (draft) => {
    await unpack(await (registry === 'npm' ? downloadNpm(pin) : downloadPypi(pin)), draft);
  });
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.git/') && languageOf(entry.name) !== undefined)
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}
