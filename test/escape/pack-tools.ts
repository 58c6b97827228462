import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { sandboxHelperPath } from '../../src/native/index.ts';
import { toolBox } from './tool-box.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A packed suite: everything it needs in one folder that every user can read. */
export interface Packed {
  folder: string;
  /** The bundled program. */
  suite: string;
}

/**
 * Builds the probe and bundles the suite. A checkout may be where only its owner can read, so the node and the helper
 * are copied too.
 */
export async function packTools(): Promise<Packed> {
  execFileSync('cargo', ['build', '--locked', '--quiet', '--package', 'pyagent_escape'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 300_000,
  });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pyagent-escape-tools-')));
  chmodSync(folder, 0o755);
  const tools = toolBox(folder);
  mkdirSync(tools.bin);
  copyFileSync(join(targetFolder(), 'debug/escape-probe'), tools.probe);
  copyFileSync(process.execPath, tools.node);
  copyFileSync(sandboxHelperPath(), tools.helper);
  writeFileSync(tools.echo, '#!/bin/sh\nexec head -n 1 <&3\n');
  for (const path of [tools.probe, tools.node, tools.helper, tools.echo]) chmodSync(path, 0o755);
  const suite = join(folder, 'suite.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/escape/suite.ts'],
    outfile: suite,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  chmodSync(suite, 0o644);
  return { folder, suite };
}

function targetFolder(): string {
  const told = execFileSync('cargo', ['metadata', '--format-version', '1', '--no-deps', '--offline', '--locked'], {
    cwd: root,
    encoding: 'utf8',
  });
  return (JSON.parse(told) as { target_directory: string }).target_directory;
}
