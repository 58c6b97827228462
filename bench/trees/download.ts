import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from '../measure/execute.ts';
import { place } from '../place.ts';

/** One file of a registry: what it is called there and the SHA-512 (base64) that its bytes must have. */
export interface Pin {
  name: string;
  version: string;
  sha512: string;
}

/** Downloads a package's tarball through `npm pack`, or takes the copy in the cache, and checks its bytes. */
export function downloadNpm(pin: Pin): Promise<string> {
  const file = `${pin.name.replace('@', '').replace('/', '-')}-${pin.version}.tgz`;
  return download(pin, file, ['npm', 'pack', '--silent', `${pin.name}@${pin.version}`]);
}

/** Downloads a source distribution through `pip download`, or takes the copy in the cache, and checks its bytes. */
export function downloadPypi(pin: Pin): Promise<string> {
  const pip = join(place.python, 'pip');
  // What builds its metadata may be a wheel; only the package itself has to be source.
  const options = ['--quiet', '--no-deps', '--no-binary', pin.name, '--dest', '.'];
  return download(pin, `${pin.name}-${pin.version}.tar.gz`, [
    pip,
    'download',
    ...options,
    `${pin.name}==${pin.version}`,
  ]);
}

async function download(pin: Pin, file: string, argv: string[]): Promise<string> {
  await mkdir(place.downloads, { recursive: true });
  if (!(await readdir(place.downloads)).includes(file)) {
    const run = await execute({ argv, cwd: place.downloads });
    if (run.status !== 0)
      throw new Error(`expected ${argv.join(' ')} to succeed, found status ${run.status}: ${run.stderr}`);
  }
  const path = join(place.downloads, file);
  const found = createHash('sha512')
    .update(await readFile(path))
    .digest('base64');
  if (found !== pin.sha512)
    throw new Error(`expected ${path} to have sha512 ${pin.sha512}, found ${found}: delete it and run again`);
  return path;
}
