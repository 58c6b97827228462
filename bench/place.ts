import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bench = dirname(fileURLToPath(import.meta.url));

/**
 * Folders of the bench. Downloads lie under `cache`, which git ignores. The trees lie outside the repository: inside it,
 * tools would find this repository's `.gitignore` and `node_modules` by walking upwards.
 */
export const place = {
  repository: dirname(bench),
  bench,
  cache: join(bench, '.cache'),
  downloads: join(bench, '.cache', 'downloads'),
  trees: join(tmpdir(), 'pyagent-bench'),
  peers: join(bench, 'peers'),
  peerBin: join(bench, 'peers', 'node_modules', '.bin'),
  python: join(bench, '.cache', 'python', 'bin'),
} as const;
