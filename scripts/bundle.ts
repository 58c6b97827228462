import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));

/**
 * Bundles the command into `dist/`: `pyagent.js` answers `--version` and `--help` alone, each command is a chunk that
 * is loaded when it is used. Third-party code is inlined, so the package has no dependencies to install.
 * `folder` is relative to the checkout.
 */
export async function bundle(folder = 'dist'): Promise<void> {
  const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
  await mkdir(`${root}${folder}`, { recursive: true });
  await rm(`${root}${folder}/chunks`, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { pyagent: 'src/interfaces/cli/main.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    // jsonc-parser's CommonJS face is UMD, whose own requires a bundler cannot follow.
    mainFields: ['module', 'main'],
    minifySyntax: true,
    legalComments: 'eof',
    define: { PYAGENT_VERSION: JSON.stringify(version) },
    // CommonJS dependencies that are inlined into an ES module still call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await chmod(`${root}${folder}/pyagent.js`, 0o755);
}

if (import.meta.main) await bundle();
