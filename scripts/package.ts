/**
 * `npm pack` in two halves. Before (`prepack`): `package.json` takes its published form, which names the per-platform
 * addon packages and carries no development section. After (`postpack`): the checkout's own form comes back, and the
 * addon of this machine is packed beside it, named by napi-rs' convention.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Platform {
  os: string;
  cpu: string;
  libc?: string;
}

/** The platforms of the release workflow, by the suffix of their addon package. */
const PLATFORMS: Record<string, Platform> = {
  'linux-x64-gnu': { os: 'linux', cpu: 'x64', libc: 'glibc' },
  'linux-arm64-gnu': { os: 'linux', cpu: 'arm64', libc: 'glibc' },
  'darwin-x64': { os: 'darwin', cpu: 'x64' },
  'darwin-arm64': { os: 'darwin', cpu: 'arm64' },
  'win32-x64-msvc': { os: 'win32', cpu: 'x64' },
};

const root = fileURLToPath(new URL('../', import.meta.url));
const manifestPath = `${root}package.json`;
const keptPath = `${root}dist/package.json.checkout`;

function thisPlatform(): string {
  const name = Object.keys(PLATFORMS).find((suffix) => suffix.startsWith(`${process.platform}-${process.arch}`));
  if (!name) {
    throw new Error(
      `expected one of ${Object.keys(PLATFORMS).join(', ')}, found ${process.platform}-${process.arch}: add it to scripts/package.ts`,
    );
  }
  return name;
}

function before(): void {
  // A pack that was killed leaves the published form behind; the kept file is then the true one.
  if (!existsSync(keptPath)) copyFileSync(manifestPath, keptPath);
  const manifest = JSON.parse(readFileSync(keptPath, 'utf8')) as Record<string, unknown>;
  for (const key of ['scripts', 'devDependencies', 'workspaces']) delete manifest[key];
  manifest.optionalDependencies = Object.fromEntries(
    Object.keys(PLATFORMS).map((suffix) => [`@pyagent/native-${suffix}`, manifest.version]),
  );
  writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
}

function after(): void {
  renameSync(keptPath, manifestPath);
  const { version, license } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { version: string; license: string };
  const suffix = thisPlatform();
  const platform = PLATFORMS[suffix];
  if (!platform) return;
  const folder = `${root}dist/npm/${suffix}`;
  const addon = `pyagent.${suffix}.node`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(`${root}dist/native/pyagent.node`, `${folder}/${addon}`);
  copyFileSync(`${root}dist/native/pyagent-sandbox`, `${folder}/pyagent-sandbox`);
  chmodSync(`${folder}/pyagent-sandbox`, 0o755);
  copyFileSync(`${root}LICENSE`, `${folder}/LICENSE`);
  const manifest = {
    name: `@pyagent/native-${suffix}`,
    version,
    description: `The native addon of pyagent for ${suffix}.`,
    license,
    main: addon,
    files: [addon, 'pyagent-sandbox'],
    engines: { node: '>=22.12' },
    os: [platform.os],
    cpu: [platform.cpu],
    ...(platform.libc ? { libc: [platform.libc] } : {}),
  };
  writeFileSync(`${folder}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  const destination = process.env.npm_config_pack_destination || root;
  execFileSync('npm', ['pack', '--pack-destination', destination], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

if (process.argv[2] === 'before') before();
else after();
