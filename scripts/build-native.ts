import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceHash } from '../src/native/index.ts';

/** How the addon is compiled: `release` for use, `dev` when a short wait matters more than speed. */
export type Profile = 'release' | 'dev';

const root = fileURLToPath(new URL('../', import.meta.url));
const addon = `${root}dist/native/pyagent.node`;
const helper = `${root}dist/native/pyagent-sandbox`;
const stamp = `${root}dist/native/built-from`;

/**
 * Builds `dist/native/pyagent.node` and the sandbox helper beside it with cargo, unless they were built from the same
 * sources with the same profile.
 * Honours `CARGO_TARGET_DIR`. Throws one sentence when cargo is missing or the build fails.
 */
export function buildNative(profile: Profile = 'release'): void {
  const wanted = `${profile} ${sourceHash(root)}\n`;
  if (existsSync(addon) && existsSync(helper) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
  const packages = ['--package', 'pyagent_node', '--package', 'pyagent_sandbox'];
  const build = spawnSync('cargo', ['build', '--locked', ...packages, '--profile', profile], {
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
  const built = `${target}/${profile === 'dev' ? 'debug' : profile}`;
  mkdirSync(`${root}dist/native`, { recursive: true });
  install(`${built}/${libraryName(process.platform)}`, addon);
  install(`${built}/pyagent-sandbox${process.platform === 'win32' ? '.exe' : ''}`, helper);
  // The hash of before the build: sources that changed meanwhile make the next run build again.
  writeFileSync(stamp, wanted);
}

/** A running process may have the old one mapped, so the new one takes its name and never its bytes. */
function install(built: string, place: string): void {
  copyFileSync(built, `${place}.new`);
  renameSync(`${place}.new`, place);
}

function libraryName(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'pyagent_node.dll';
  return platform === 'darwin' ? 'libpyagent_node.dylib' : 'libpyagent_node.so';
}

if (import.meta.main) buildNative(process.argv.includes('--dev') ? 'dev' : 'release');
