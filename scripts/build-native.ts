import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceHash } from '../src/native/index.ts';

/** How the addon is compiled: `release` for use, `dev` when a short wait matters more than speed. */
export type Profile = 'release' | 'dev';

const root = fileURLToPath(new URL('../', import.meta.url));
const addon = `${root}dist/native/pyagent.node`;
const stamp = `${root}dist/native/built-from`;

/**
 * Builds `dist/native/pyagent.node` with cargo, unless it was built from the same sources with the same profile.
 * Honours `CARGO_TARGET_DIR`. Throws one sentence when cargo is missing or the build fails.
 */
export function buildNative(profile: Profile = 'release'): void {
  const wanted = `${profile} ${sourceHash(root)}\n`;
  if (existsSync(addon) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
  const build = spawnSync('cargo', ['build', '--locked', '--package', 'pyagent_node', '--profile', profile], {
    cwd: root,
    stdio: 'inherit',
  });
  if (build.error) {
    throw new Error(
      `expected Rust's cargo on the PATH to build the native addon, found none (${build.error.message}): install it ` +
        'from https://rustup.rs and run `npm ci` again',
    );
  }
  if (build.status !== 0) throw new Error(`cargo could not build the native addon (exit ${build.status}); see above`);
  install(`${target}/${profile === 'dev' ? 'debug' : profile}/${libraryName(process.platform)}`);
  // The hash of before the build: sources that changed meanwhile make the next run build again.
  writeFileSync(stamp, wanted);
}

/** A running process may have the old addon mapped, so the new one takes its name and never its bytes. */
function install(library: string): void {
  mkdirSync(`${root}dist/native`, { recursive: true });
  copyFileSync(library, `${addon}.new`);
  renameSync(`${addon}.new`, addon);
}

function libraryName(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'pyagent_node.dll';
  return platform === 'darwin' ? 'libpyagent_node.dylib' : 'libpyagent_node.so';
}

if (import.meta.main) buildNative(process.argv.includes('--dev') ? 'dev' : 'release');
