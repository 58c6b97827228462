import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PyAgentError } from '../kernel/index.ts';

/** The folder of the package that `moduleUrl` belongs to: the checkout, or the installed package. */
export function packageRoot(moduleUrl: string): string {
  const start = dirname(fileURLToPath(moduleUrl));
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && nameOf(manifest) === 'pyagent') return folder;
    if (dirname(folder) === folder) break;
  }
  throw new PyAgentError({
    code: 'native/missing',
    message: `Expected the package.json of pyagent above ${start}, found none: install pyagent again.`,
    details: { start },
  });
}

function nameOf(manifest: string): unknown {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name;
}
