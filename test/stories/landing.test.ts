import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Ended, type Person, person } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const TASK = ['run', '--task', 'Analyze dependencies and optimize imports'];
const TIDY = "import { add } from './b.js';\n\nexport const total = (list) => list.reduce(add, 0);\n";

interface Shop {
  root: string;
  someone: Person;
  git(...args: string[]): string;
  run(...args: string[]): Promise<Ended>;
}

/** The small shop in a git repository with one commit, and its owner. */
async function shop(more: Readonly<Record<string, string>> = {}): Promise<Shop> {
  const [root, someone] = [await repository(tidyShop(more)), await person()];
  const env = { PATH: process.env.PATH, HOME: someone.home };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, env, encoding: 'utf8' }).replace(/\n$/, '');
  git('init', '-q', '-b', 'main', '--template=');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.org');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  return { root, someone, git, run: (...args) => someone.pyagent([...TASK, '--path', root, ...args]) };
}

/** What git keeps beside objects and the new ref: index, HEAD, stash, logs, hooks, settings. */
async function treeWithout(root: string, ...added: RegExp[]): Promise<Record<string, string>> {
  const left = Object.entries(await treeOf(root)).filter(
    ([path]) => !/^\.git\/objects(\/|$)/.test(path) && !added.some((pattern) => pattern.test(path)),
  );
  return Object.fromEntries(left);
}

const NEW_BRANCH = /^\.git\/(logs\/)?refs\/heads\/pyagent(\/|$)/;
const OWN_REF = /^\.git\/refs\/pyagent(\/|$)/;
const idOf = ({ stdout }: Ended) => /run_[0-9a-z]{26}/.exec(stdout)?.[0] ?? '';

test('--land branch: checked, committed on a new branch, and neither tree nor index has changed', async () => {
  const { root, someone, git, run } = await shop();
  const before = await treeWithout(root);
  const ended = await run('--land', 'branch');
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  const branch = `pyagent/${idOf(ended)}`;
  assert.match(ended.stdout, /^✓ Done: 1 file changed on a branch, verified by /);
  assert.match(ended.stdout, new RegExp(`Landed as the branch ${branch}`));
  assert.match(ended.stdout, new RegExp(`git -C \\S+ merge ${branch}`));
  assert.doesNotMatch(ended.stdout, /Undo:/);
  assert.deepEqual(await treeWithout(root, NEW_BRANCH), before);
  assert.equal(git('show', `${branch}:src/a.js`), TIDY.trimEnd());
  assert.match(
    git('log', '-1', '--format=%an%n%B', branch),
    /^Ada\nAnalyze dependencies and optimize imports\n\n- src\/a\.js: remove unused import[^\n]*\n\nChecked in the working tree: passed /,
  );
  const undone = await someone.pyagent(['undo', idOf(ended), '--path', root]);
  assert.equal(undone.code, 0);
  assert.match(
    undone.stdout,
    new RegExp(`nothing to undo.*landed as the branch ${branch}.*git -C \\S+ branch -D ${branch}`),
  );
  assert.match((await someone.pyagent(['undo', '--path', root])).stdout, /There is no run to undo\..*the branch/);
  assert.match((await someone.pyagent(['show', '--path', root])).stdout, /Landed as the branch/);
  git('merge', '-q', branch);
  assert.equal(await readFile(join(root, 'src/a.js'), 'utf8'), TIDY);
});

test('--land commit keeps a commit under a ref of our own, and says how to pick it', async () => {
  const { root, git, run } = await shop();
  const before = await treeWithout(root);
  const { code, stdout } = await run('--land', 'commit', '--verify', 'none', '--strict');
  assert.equal(code, 6, stdout);
  assert.match(stdout, /Done, unverified: 1 file changed in a commit/);
  assert.deepEqual(await treeWithout(root, OWN_REF), before);
  const commit = /git -C \S+ cherry-pick ([0-9a-f]{40})/.exec(stdout)?.[1] ?? '';
  assert.equal(git('for-each-ref', '--format=%(objectname)', 'refs/pyagent'), commit);
  assert.match(git('log', '-1', '--format=%B', commit), /Not checked: /);
  git('cherry-pick', commit);
  assert.equal(await readFile(join(root, 'src/a.js'), 'utf8'), TIDY);
});

test('--land patch writes one new file, which git apply turns into what the run would have left', async () => {
  const { root, someone, git } = await shop();
  const out = await mkdtemp(join(tmpdir(), 'pyagent-patches-'));
  const before = await treeOf(root);
  const first = await someone.pyagent([...TASK, '--path', root, '--land', 'patch'], { cwd: out });
  assert.equal(first.code, 0, first.stdout + first.stderr);
  assert.match(first.stdout, /Done: 1 file changed in a patch/);
  assert.deepEqual(Object.keys(await treeOf(out)), [`${idOf(first)}.patch`]);
  const named = await someone.pyagent([...TASK, '--path', root, '--land', 'patch', '--patch-file', 'tidy.patch'], {
    cwd: out,
  });
  assert.equal(named.code, 0, named.stdout);
  assert.deepEqual(await treeOf(root), before);
  const again = await someone.pyagent([...TASK, '--path', root, '--land', 'patch', '--patch-file', 'tidy.patch'], {
    cwd: out,
  });
  assert.equal(again.code, 4, again.stdout);
  assert.match(again.stdout, /^✗ Refused: \S*tidy\.patch exists already/);
  git('apply', join(out, 'tidy.patch'));
  assert.equal(await readFile(join(root, 'src/a.js'), 'utf8'), TIDY);
});

test('uncommitted edits stay out of a commit, or the run ends with 5 and leaves all as it is', async () => {
  const { root, git, run } = await shop({
    'src/c.js': "import { unused } from './b.js';\nexport const c = 1;\n// 3\n// 4\n// 5\n",
  });
  await writeFile(
    join(root, 'src/c.js'),
    "import { unused } from './b.js';\nexport const c = 1;\n// 3\n// 4\n// mine\n",
  );
  const merged = await run('--land', 'branch', '--branch', 'tidy', '--only', 'src/c.js');
  assert.equal(merged.code, 0, merged.stdout);
  assert.match(merged.stdout, /without your uncommitted edits\n {2}src\/c\.js/);
  assert.equal(git('show', 'tidy:src/c.js'), 'export const c = 1;\n// 3\n// 4\n// 5');
  await writeFile(join(root, 'src/c.js'), "import { unused } from './b.js'; // mine\nexport const c = 1;\n");
  const before = await treeWithout(root);
  const { code, stdout } = await run('--land', 'branch', '--only', 'src/c.js');
  assert.equal(code, 5, stdout);
  assert.match(stdout, /src\/c\.js {2}it has uncommitted edits in the same place/);
  assert.deepEqual(await treeWithout(root), before);
});

test('what the checks find broken does not land anywhere', async () => {
  const check =
    "import { readFileSync } from 'node:fs';\nif (!readFileSync('src/a.js', 'utf8').includes('unused')) process.exit(1);\n";
  const { root, git, run } = await shop({ 'check.js': check });
  const before = await treeWithout(root);
  const { code, stdout } = await run('--land', 'branch');
  assert.equal(code, 1, stdout);
  assert.deepEqual(await treeWithout(root), before);
  assert.equal(git('branch', '--list', 'pyagent/*'), '');
});

test('what cannot land is refused before the run begins', async () => {
  const { root, someone, git, run } = await shop();
  const refused = async (expected: RegExp, ...args: string[]) => {
    const { code, stdout } = await run(...args);
    assert.equal(code, 4, stdout);
    assert.match(stdout, expected);
    assert.doesNotMatch(stdout, /analysed/);
  };
  await refused(/^✗ Refused: a pull request needs GitHub's command gh/, '--land', 'pull-request');
  await refused(/there is a branch main|HEAD is on the branch main/, '--land', 'branch', '--branch', 'main');
  git('config', '--unset', 'user.email');
  await refused(/git config user\.email/, '--land', 'commit');
  const plain = await repository(tidyShop());
  const { code, stdout } = await someone.pyagent([...TASK, '--path', plain, '--land', 'branch']);
  assert.equal(code, 4, stdout);
  assert.match(stdout, /needs a git repository: not a git repository/);
  assert.equal(await readFile(join(root, 'src/a.js'), 'utf8'), tidyShop()['src/a.js']);
});

test('flags that belong to another way of landing are wrong usage; a dry run lands nothing', async () => {
  const { root, someone, run } = await shop();
  const wrong: [RegExp, string[]][] = [
    [/--branch goes with --land branch/, ['--land', 'patch', '--branch', 'x']],
    [/--patch-file goes with --land patch/, ['--patch-file', 'x']],
    [/--land expects one of in-place, patch, branch, commit, pull-request.*Did you mean "branch"/, ['--land', 'brnch']],
    [/--branch is empty/, ['--land', 'branch', '--branch', '']],
  ];
  for (const [message, args] of wrong) {
    const { code, stderr } = await run(...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
  const before = await treeOf(root);
  const masked = ({ stdout }: Ended) => stdout.replace(/run_\w+|took \S+/g, '');
  assert.equal(masked(await run('--dry-run', '--land', 'patch')), masked(await run('--dry-run')));
  assert.deepEqual(await treeOf(root), before);
  await writeFile(join(root, 'pyagent.jsonc'), '{ "land": "pull-request" }');
  const project = await run();
  assert.equal(project.code, 2);
  assert.match(project.stderr, /"land" cannot be set here/);
  await rm(join(root, 'pyagent.jsonc'));
  const variable = await someone.pyagent([...TASK, '--path', root], { env: { PYAGENT_LAND: 'commit' } });
  assert.match(variable.stdout, /changed in a commit/);
});

/** A bare repository as `origin`, and a program `gh` of our own in front of the PATH. */
async function withHub({ someone, git }: Shop, gh: string): Promise<{ hub: string; path: string }> {
  const hub = join(someone.home, 'hub.git');
  execFileSync('git', ['init', '-q', '--bare', hub]);
  git('remote', 'add', 'origin', hub);
  git('push', '-q', '-u', 'origin', 'main');
  const bin = join(someone.home, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'gh'), `#!/bin/sh\n[ "$1" = --version ] && exit 0\n${gh}\n`);
  await chmod(join(bin, 'gh'), 0o755);
  return { hub, path: `${bin}:${process.env.PATH}` };
}

test('--land pull-request pushes the new branch and opens the request through the gh of the user', async () => {
  const mine = await shop();
  const { hub, path } = await withHub(mine, 'printf "%s\\n" "$@" > "$HOME/called"; echo https://hub.example/pull/1');
  const { someone, root, git } = mine;
  const before = await treeWithout(root);
  const ended = await someone.pyagent([...TASK, '--path', root, '--land', 'pull-request', '--branch', 'tidy'], {
    env: { PATH: path },
  });
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  assert.match(ended.stdout, /Done: 1 file changed in a pull request[\s\S]*https:\/\/hub\.example\/pull\/1/);
  assert.equal(
    execFileSync('git', ['-C', hub, 'rev-parse', 'tidy'], { encoding: 'utf8' }).trim(),
    git('rev-parse', 'tidy'),
  );
  assert.match(
    await readFile(join(someone.home, 'called'), 'utf8'),
    /^pr\ncreate\n--head\ntidy\n--base\nmain\n--title\nAnalyze/,
  );
  assert.deepEqual(await treeWithout(root, /tidy$/), before);
});

test('a pull request that cannot be opened leaves the branch, ends with 1, and says how to go on', async () => {
  const mine = await shop();
  const { path } = await withHub(mine, 'echo "sign in first" >&2; exit 4');
  const { someone, root, git } = mine;
  const before = await treeWithout(root);
  const { code, stdout } = await someone.pyagent(
    [...TASK, '--path', root, '--land', 'pull-request', '--branch', 'tidy'],
    { env: { PATH: path } },
  );
  assert.equal(code, 1, stdout);
  assert.match(
    stdout,
    /^✗ Failed: the branch was pushed to origin, but gh could not open the pull request: sign in first\. The branch tidy stays\./,
  );
  assert.match(stdout, /Finish by hand:\n\s+gh pr create --head tidy --base main/);
  assert.equal(git('show', 'tidy:src/a.js'), TIDY.trimEnd());
  assert.deepEqual(await treeWithout(root, /tidy$/), before);
});

/** A `git` in front of the PATH that kills who called it (SIGKILL) once its command `at` has been carried out. */
async function killingGit({ home }: Person, at: string): Promise<string> {
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const bin = await mkdtemp(join(home, 'bin-'));
  const program = `#!/bin/sh
'${real}' "$@"
code=$?
for word in "$@"; do [ "$word" = ${at} ] && kill -9 $PPID; done
exit $code
`;
  await writeFile(join(bin, 'git'), program, { mode: 0o755 });
  return `${bin}:${process.env.PATH}`;
}

test('a run that is killed while it lands is taken back by the next command; a branch is there whole or not at all', async () => {
  const { root, someone, git } = await shop();
  const before = await treeWithout(root);
  for (const at of ['read-tree', 'update-index', 'write-tree', 'commit-tree', 'update-ref']) {
    const env = { PATH: await killingGit(someone, at) };
    const killed = await someone.pyagent([...TASK, '--path', root, '--land', 'branch', '--branch', `at-${at}`], {
      env,
    });
    assert.equal(killed.signal, 'SIGKILL', `${at}: ${killed.stdout}${killed.stderr}`);
    assert.equal(await readFile(join(root, 'src/a.js'), 'utf8'), TIDY);
    const undone = await someone.pyagent(['undo', '--path', root]);
    assert.deepEqual(await treeWithout(root, /heads\/at-/), before, `${at}: ${undone.stdout}${undone.stderr}`);
    assert.equal(git('branch', '--list', 'at-*').trim(), at === 'update-ref' ? 'at-update-ref' : '');
  }
  assert.equal(git('show', 'at-update-ref:src/a.js'), TIDY.trimEnd());
  assert.match((await someone.pyagent(['runs', '--path', root])).stdout, /not ended/);
});
