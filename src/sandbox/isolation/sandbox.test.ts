import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { systemClock } from '../../kernel/index.ts';
import { native, sandboxHelperPath } from '../../native/index.ts';
import {
  isolationStatement,
  overlayLayer,
  REQUIRED_LAYERS,
  type SandboxPlace,
  STANDARD_POLICY,
  sandbox,
  surroundings,
} from '../index.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'pyagent-isolation-')));
after(() => rmSync(base, { recursive: true, force: true }));
const isolated = {
  skip: native().sandboxSupport().namespaces ? false : 'no user namespaces can be made on this machine',
};
const helper = sandboxHelperPath();
const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** Writes files by their path below a new folder, which it returns. */
function folder(name: string, files: Record<string, string>): string {
  const root = join(base, name);
  mkdirSync(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function room(place: Omit<SandboxPlace, 'env'> & { env?: SandboxPlace['env'] }, more: { helper?: string } = {}) {
  const env = { PATH: '/usr/bin:/bin', ...place.env };
  const made = sandbox({
    clock: systemClock,
    helper,
    place: { user, ...place, env },
    limits: { processes: 200 },
    require: REQUIRED_LAYERS.namespaces,
    graceMs: 300,
    ...more,
  });
  const shell = (script: string, rest: { timeoutMs?: number } = {}) =>
    made.runCommand({ argv: ['/bin/sh', '-c', script], cwd: place.workspace, env, ...rest });
  return { ...made, shell };
}

async function printed(outcome: ReturnType<ReturnType<typeof room>['shell']>): Promise<string> {
  const end = await outcome;
  assert.ok(end.kind === 'exited' && end.code === 0, JSON.stringify(end));
  return end.stdout.trim();
}

test('the home folder is empty but for tools, and their secrets are hidden', isolated, async () => {
  const home = folder('home', {
    '.cargo/bin/tool': '#!/bin/sh\necho tool\n',
    '.cargo/credentials.toml': 'hush',
    '.ssh/id_ed25519': 'hush',
    '.npmrc': 'hush',
    'letters/one': 'hush',
  });
  execFileSync('chmod', ['+x', join(home, '.cargo/bin/tool')]);
  const workspace = folder('workspace-1', {});
  const env = { PATH: `${home}/.cargo/bin:/usr/bin:/bin`, HOME: home, TMPDIR: '/run/user/0', TEMP: base };
  const { shell, layers } = room({ workspace, access: { kind: 'write' }, home, env });
  const script =
    'ls -A $HOME; tool; cat $HOME/.cargo/credentials.toml 2>/dev/null; touch $HOME/.cargo/x $HOME/y; echo "[$TMPDIR$TEMP]"; touch $(mktemp)';
  assert.equal(await printed(shell(script)), '.cargo\ntool\n[]');
  assert.deepEqual(readdirSync(home).sort(), ['.cargo', '.npmrc', '.ssh', 'letters']);
  assert.deepEqual(readdirSync(join(home, '.cargo')).sort(), ['bin', 'credentials.toml']);
  assert.match(isolationStatement(layers()), /^isolated by .*namespaces.*seccomp/);
});

test('where the workspace is the home folder, accounts and what runs at login are out of reach', isolated, async () => {
  const home = folder('home-2', { '.ssh/id_ed25519': 'hush', '.bashrc': 'kept', '.cargo/bin/tool': 'kept' });
  const { shell } = room({ workspace: home, access: { kind: 'write' }, home });
  const script = `for name in .bashrc .profile .config/autostart/x .ssh/authorized_keys .npmrc; do
      echo x 2>/dev/null > $name && echo "wrote $name"; done
    cat .ssh/id_ed25519 2>/dev/null; echo evil > .cargo/bin/tool; echo fine > work; true`;
  assert.equal(await printed(shell(script)), '');
  assert.equal(readFileSync(join(home, '.cargo/bin/tool'), 'utf8'), 'kept');
  assert.deepEqual(readdirSync(home).sort(), ['.bashrc', '.cargo', '.ssh', 'work']);
});

test('writes are kept, refused, or go to a layer that tells what was written', isolated, async () => {
  const workspace = folder('workspace-2', { 'old.txt': 'old', 'sub/gone.txt': 'x' });
  const write = 'echo new > new.txt && rm sub/gone.txt && echo more >> old.txt';
  const refused = await room({ workspace, access: { kind: 'read' } }).shell(write);
  assert.ok(refused.kind === 'exited' && refused.code !== 0);
  const layer = await overlayLayer(join(base, 'layer'));
  const { shell } = room({ workspace, access: { kind: 'overlay', upper: layer.upper, work: layer.work } });
  assert.deepEqual([...(await layer.written())], []);
  await printed(shell(write));
  const written = await layer.written();
  assert.deepEqual([...written.keys()].sort(), ['new.txt', 'old.txt', 'sub/gone.txt']);
  assert.equal(written.get('sub/gone.txt'), 'deleted');
  assert.equal(await printed(shell('cat new.txt old.txt; ls sub')), 'new\noldmore');
  await layer.clear();
  assert.deepEqual([...(await layer.written())], []);
  assert.equal(await printed(shell('cat old.txt; ls')), 'oldold.txt\nsub');
  await layer.remove();
  assert.equal(existsSync(join(base, 'layer')), false);
  await printed(room({ workspace, access: { kind: 'write' } }).shell(write));
  assert.deepEqual(readdirSync(workspace).sort(), ['new.txt', 'old.txt', 'sub']);
});

test(
  'linked dependencies and the git folder of a linked work tree are shown, read-only',
  isolated,
  async (t: TestContext) => {
    const main = folder('main', { 'a.txt': 'a', 'node_modules/dep/index.js': 'dep' });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
        cwd: main,
        stdio: 'ignore',
      });
    git('init', '-q');
    git('add', 'a.txt');
    git('commit', '-q', '-m', 'first');
    const workspace = join(base, 'tree');
    git('worktree', 'add', '-q', workspace);
    symlinkSync(join(main, 'node_modules'), join(workspace, 'node_modules'));
    const read = await surroundings(workspace, undefined);
    const { shell } = room({ workspace, access: { kind: 'write' }, read });
    const script = `cat node_modules/dep/index.js; touch node_modules/x 2>/dev/null && echo wrote
    ls ${main} | tr '\\n' ' '; git -c safe.directory='*' log --format=%s`;
    assert.equal(await printed(shell(script)), 'depnode_modules first');
    t.diagnostic(`shown: ${read.length}`);
  },
);

test('what the standard policy protects stays absent or empty, and nothing is left of it', isolated, async () => {
  const workspace = folder('workspace-3', {});
  const { shell } = room({ workspace, access: { kind: 'write' }, protect: STANDARD_POLICY.files.protect });
  const script = `for name in .pnp.cjs; do test -L $name && echo "there is $name"; done
    for name in .hg .tool-versions .pnpmfile.cjs AGENTS.md .git; do echo x 2>/dev/null > $name && echo "wrote $name"; done
    cat .pnpmfile.cjs`;
  assert.equal(await printed(shell(script)), '');
  assert.deepEqual(readdirSync(workspace), []);
});

test('a command that does not end when asked is ended, and nothing is left of it', isolated, async () => {
  const workspace = folder('workspace-4', {});
  const { shell } = room({ workspace, access: { kind: 'write' }, protect: STANDARD_POLICY.files.protect });
  const outcome = await shell("trap '' TERM; echo begun; while :; do sleep 0.05; done", { timeoutMs: 1000 });
  assert.equal(outcome.kind, 'timed-out');
  assert.ok(outcome.kind === 'timed-out' && outcome.stdout === 'begun\n');
  // The janitor works on after the helper was killed.
  for (let tries = 0; tries < 100 && readdirSync(workspace).length > 0; tries += 1) execFileSync('true');
  assert.deepEqual(readdirSync(workspace), []);
});

test('a helper that is missing or ends before the command begins means that nothing runs', async () => {
  const workspace = folder('workspace-5', {});
  for (const program of [join(base, 'no-such-helper'), workspace, '/bin/true', '/bin/false']) {
    const outcome = await room({ workspace, access: { kind: 'write' } }, { helper: program }).shell('touch trace');
    assert.equal(outcome.kind, 'refused', program);
    assert.deepEqual(readdirSync(workspace), []);
  }
});
