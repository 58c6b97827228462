import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile, chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Person, person, unisolatedPerson } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const TASK = ['run', '--task', 'Analyze dependencies and optimize imports'];
// Namespaces give a read-only or a full file system without a machine that has one.
const hasMounts =
  process.platform === 'linux' && spawnSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0;
const needsMounts = { skip: !hasMounts && 'this machine allows no mounts in a user namespace' };

/** What a run on `root` says, that its code is `code`, and that nothing in the tree changed. */
async function refused(root: string, code: number, message: RegExp, args: readonly string[] = []): Promise<void> {
  const before = await treeOf(root);
  const ended = await (await person()).pyagent([...TASK, ...args, '--path', root]);
  assert.equal(ended.code, code, ended.stdout + ended.stderr);
  assert.match(ended.stdout + ended.stderr, message);
  assert.deepEqual(await treeOf(root), before);
}

/** That a run changes `src/a.js` alone and says `message`. */
async function stillTidies(
  root: string,
  message: RegExp,
  args: readonly string[] = [],
  someone: Promise<Person> = person(),
): Promise<void> {
  const before = await treeOf(root);
  const ended = await (await someone).pyagent([...TASK, ...args, '--path', root]);
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  assert.match(ended.stdout, message);
  const after = await treeOf(root);
  assert.deepEqual(
    Object.keys({ ...before, ...after }).filter((path) => after[path] !== before[path]),
    ['src/a.js'],
  );
}

test('a path that does not exist, is a file, loops, or is empty is named, on every command that takes one', async () => {
  const root = await repository({ file: '' });
  await symlink('loop', join(root, 'loop'));
  const someone = await person();
  const commands = [TASK, ['plan', ...TASK.slice(1)], ['runs'], ['show'], ['undo'], ['redo'], ['config'], ['audit']];
  for (const command of [...commands, ['manifest', 'list']]) {
    const { code, stderr } = await someone.pyagent([...command, '--path', join(root, 'missing')]);
    assert.equal(code, 2, command.join(' '));
    assert.match(stderr, /missing does not exist\. Check the spelling of --path\./);
  }
  for (const [path, message] of [
    ['file', /is a file, not a folder/],
    ['loop', /leads back to itself/],
    ['', /--path is empty/],
  ] as const) {
    const { code, stderr } = await someone.pyagent([...TASK, '--path', path === '' ? '' : join(root, path)]);
    assert.equal(code, 2, path);
    assert.match(stderr, message);
  }
});

test('a folder that may not be read is refused with its path', needsMounts, async () => {
  const root = await repository(tidyShop());
  await chmod(root, 0o000);
  // In a user namespace without a mapping nobody is above permissions, root included.
  const run = await (await person()).start([...TASK, '--path', root], { before: ['unshare', '-U'] });
  const { code, stderr } = await run.ended;
  await chmod(root, 0o755);
  assert.equal(code, 2, stderr);
  assert.ok(stderr.includes(`${root} cannot be read (permission denied)`), stderr);
});

test('an empty repository has nothing to analyse', async () => {
  await refused(await repository({}), 0, /Nothing to analyse/);
});

test('a broken package.json is named and left, and the code is still tidied', async () => {
  const root = await repository(tidyShop({ 'package.json': '{ "name": ' }));
  await stillTidies(root, /package\.json/);
});

test('a broken tsconfig or pyproject is named and left', async () => {
  // Without its options nobody knows what the compiler elides: the code is left too.
  const options = ['--verify', 'test'];
  await refused(await repository(tidyShop({ 'tsconfig.json': '{ nope' })), 0, /tsconfig\.json/, options);
  await stillTidies(
    await repository(tidyShop({ 'pyproject.toml': '[project', 'app.py': 'print(1)\n' })),
    /pyproject\.toml/,
    ['--verify', 'test'],
  );
});

test('a loop of symbolic links ends', async () => {
  const root = await repository(tidyShop());
  await symlink('..', join(root, 'src/up'));
  await symlink('self', join(root, 'src/self'));
  await stillTidies(root, /Done/);
});

test('a line of 10 MB and text that is no UTF-8 are left alone', async () => {
  const line = `export const data = '${'x'.repeat(10_000_000)}';\n`;
  const root = await repository(
    tidyShop({ 'src/long.js': line, 'src/latin.js': new Uint8Array([0x2f, 0x2f, 0xe9, 0x0a]) }),
  );
  await stillTidies(root, /latin\.js/);
});

test('a file that does not parse is named and left', async () => {
  await stillTidies(
    await repository(tidyShop({ 'src/broken.js': "import { x } from './b.js';\nexport const = ;\n" })),
    /broken\.js/,
  );
});

test('a suite that was red before does not count against the change', async () => {
  const root = await repository(tidyShop({ 'check.js': 'process.exit(1);\n' }));
  const before = await treeOf(root);
  const { code, stdout } = await (await person()).pyagent([...TASK, '--path', root]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /before: failed/);
  assert.notDeepEqual(await treeOf(root), before);
});

test('a flaky suite is not blamed on the change', async () => {
  // Fails on its second run and passes on all others: what a new failure looks like, and is not.
  const check = `import { existsSync, writeFileSync } from 'node:fs';
const [one, two] = [process.env.HOME + '/one', process.env.HOME + '/two'];
const second = existsSync(one) && !existsSync(two);
writeFileSync(second ? two : one, '');
process.exit(second ? 1 : 0);
`;
  const root = await repository(tidyShop({ 'check.js': check }));
  await stillTidies(root, /flaky/, [], unisolatedPerson());
});

test('a suite that hangs is ended by --timeout, with everything as before', async () => {
  const root = await repository(tidyShop({ 'check.js': 'setInterval(() => {}, 1000);\n' }));
  await refused(root, 8, /time/i, ['--timeout', '2s']);
});

test('a repository without tests, and one whose node_modules are missing, are changed and called unverified', async () => {
  const bare = '{ "name": "shop", "type": "module", "main": "src/a.js" }\n';
  await stillTidies(await repository(tidyShop({ 'package.json': bare })), /unverified/);
  const missing =
    '{ "name": "shop", "type": "module", "main": "src/a.js", "scripts": { "test": "vitest run" }, "devDependencies": { "vitest": "^3.0.0" } }\n';
  await stillTidies(await repository(tidyShop({ 'package.json': missing })), /unverified/);
});

test('a check command that does not exist is named, and nothing is claimed', async () => {
  const root = await repository(tidyShop());
  const before = await treeOf(root);
  const ended = await (await person()).pyagent([...TASK, '--verify', 'no-such-program --now', '--path', root]);
  assert.match(ended.stdout + ended.stderr, /no-such-program/);
  assert.doesNotMatch(ended.stdout, /verified by/);
  if (ended.code !== 0) assert.deepEqual(await treeOf(root), before);
});

test('a malformed settings file is named with line and column', async () => {
  const root = await repository(tidyShop({ 'pyagent.jsonc': '{\n  "strict": maybe\n}\n' }));
  await refused(root, 2, /pyagent\.jsonc:2:\d+ is not valid JSON/);
});

test('a read-only tree is refused with its path', needsMounts, async () => {
  const root = await repository(tidyShop());
  const before = await treeOf(root);
  const mount = [
    'unshare',
    '-Urm',
    'sh',
    '-c',
    'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"',
    root,
  ];
  const run = await (await person()).start([...TASK, '--verify', 'none', '--path', root], { before: mount });
  const { code, stdout, stderr } = await run.ended;
  assert.equal(code, 1, stdout + stderr);
  assert.match(stdout + stderr, /read-only|EROFS/i);
  assert.deepEqual(await treeOf(root), before);
});

test(
  'a full disk under the repository or under the state ends in one clear error and the tree as before',
  needsMounts,
  async () => {
    for (const full of ['tree', 'state']) {
      const [root, someone] = [await repository({}), await person()];
      const folder = full === 'tree' ? root : join(someone.home, '.local');
      await mkdir(folder, { recursive: true });
      const source = await repository(tidyShop());
      const expected = await treeOf(source);
      // The small file system is gone with the namespace: what the tree was afterwards is copied out of it.
      const script = `folder="$0"; source="$1"; root="$2"; shift 2
      mount -t tmpfs -o size=64k tmpfs "$folder" && cp -a "$source/." "$root/" || exit 99
      head -c 1000000 /dev/zero > "$folder/filler" 2>/dev/null
      "$@"; code=$?
      rm "$folder/filler"; cp -a "$root" "$source.after"; exit $code`;
      const before = ['unshare', '-Urm', 'sh', '-c', script, folder, source, root];
      const run = await someone.start([...TASK, '--verify', 'none', '--path', root], { before });
      const { code, stdout, stderr } = await run.ended;
      assert.equal(code, 1, `${full}: ${stdout}${stderr}`);
      assert.match(stdout + stderr, /full|space/i);
      assert.deepEqual(await treeOf(`${source}.after`), expected, full);
    }
  },
);

test('a repository that changes while the run goes on keeps what the person wrote', async () => {
  const root = await repository(
    tidyShop({
      'check.js':
        "import { existsSync } from 'node:fs';\nwhile (!existsSync(process.env.HOME + '/go')) await new Promise((next) => setTimeout(next, 20));\n",
    }),
  );
  const someone = await unisolatedPerson();
  const run = await someone.start([...TASK, '--json', '--path', root]);
  await run.saw(/"kind":"check\.started"/);
  await appendFile(join(root, 'src/a.js'), '// mine\n');
  const edited = await treeOf(root);
  await writeFile(join(someone.home, 'go'), '');
  const { code, stdout } = await run.ended;
  assert.ok([0, 5].includes(code ?? -1), stdout);
  const after = await treeOf(root);
  if (code === 5) assert.deepEqual(after, edited);
});
