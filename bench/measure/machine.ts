import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { place } from '../place.ts';
import { execute } from './execute.ts';

/** What the numbers were measured on. */
export async function machine(): Promise<string> {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const system =
    /PRETTY_NAME="(.*)"/.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1] ?? process.platform;
  return `${first?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${memory} GiB, ${system}, kernel ${release()}, Node ${process.version}`;
}

/** How busy the machine was with other things when the bench began: processes wanting to run, over one minute. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

/** Exact versions of everyone in the tables. */
export async function versions(): Promise<string> {
  const { dependencies } = JSON.parse(await readFile(join(place.peers, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const npm = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  const python = (await readFile(join(place.peers, 'requirements.txt'), 'utf8')).trim().split('\n');
  const head = await execute({ argv: ['git', 'rev-parse', '--short', 'HEAD'], cwd: place.repository });
  return [`PyAgent at commit ${head.stdout.trim()}`, ...npm, ...python.map((line) => line.replace('==', ' '))].join(
    ', ',
  );
}
