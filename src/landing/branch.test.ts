import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LandedAs, LandingOutcome } from './index.ts';
import { gitAt, gitRepository, type TestRepository } from './testing/git-repository.ts';

const WORDS = { title: 'Tidy imports', description: 'src/a.js: remove unused import\n' };
const FILES = { 'a.js': '1\n' };

function branchOf(outcome: LandingOutcome): LandedAs & { kind: 'branch' } {
  assert.ok(outcome.kind === 'landed' && outcome.as.kind === 'branch', JSON.stringify(outcome));
  return outcome.as;
}

const reasonOf = (outcome: { kind: string; reason?: string }) => outcome.reason ?? outcome.kind;

test('a branch holds the commit and has a log; HEAD, index and tree stay', async (t) => {
  const repository = gitRepository(t, FILES);
  repository.git('config', 'core.logAllRefUpdates', 'false');
  const before = repository.gitFiles();
  const landing = repository.landing({ mode: 'branch' });
  assert.deepEqual(await landing.check(), { kind: 'ready' });
  const made = branchOf(await landing.land({ ...repository.work({ 'a.js': '2\n' }), ...WORDS }));
  assert.equal(made.branch, 'pyagent/run_1');
  const { 'logs/refs/heads/pyagent/run_1': log, ...after } = repository.gitFiles();
  assert.ok(log);
  assert.deepEqual(after, before);
  assert.match(repository.git('reflog', 'pyagent/run_1'), /pyagent: Tidy imports/);
  repository.git('merge', '-q', 'pyagent/run_1');
  assert.equal(repository.git('show', 'HEAD:a.js'), '2');
});

test('a name that is taken, in the way, or no name is refused before the run', async (t) => {
  const repository = gitRepository(t, FILES);
  repository.git('branch', 'topic/one');
  repository.git('checkout', '-q', '-b', 'elsewhere');
  const check = async (branch: string) => reasonOf(await repository.landing({ mode: 'branch', branch }).check());
  assert.match(await check('topic/one'), /there is a branch topic\/one already/);
  assert.match(await check('topic'), /cannot be a branch topic beside the branch topic\/one/);
  assert.match(await check('topic/one/two'), /cannot be a branch topic\/one\/two beside/);
  assert.match(await check('elsewhere'), /HEAD is on the branch elsewhere/);
  for (const wrong of ['a..b', '-x', 'a b', '@{-1}', '', 'x.lock'])
    assert.match(await check(wrong), /not a name for a branch/);
  assert.equal(await check('topic/two'), 'ready');
});

test('a branch that came meanwhile is not moved', async (t) => {
  const repository = gitRepository(t, FILES);
  const landing = repository.landing({ mode: 'branch' });
  assert.deepEqual(await landing.check(), { kind: 'ready' });
  repository.git('branch', 'pyagent/run_1');
  const outcome = await landing.land({ ...repository.work({ 'a.js': '2\n' }), ...WORDS });
  assert.match(reasonOf(outcome), /refs\/heads\/pyagent\/run_1 could not be made/);
  assert.equal(repository.git('rev-parse', 'pyagent/run_1'), repository.git('rev-parse', 'HEAD'));
});

/** A repository whose `origin` is a bare one beside it, and a program `gh` of ours that writes down how it was called. */
function withRemote(t: Parameters<typeof gitRepository>[0], ghBody: string): TestRepository {
  const repository = gitRepository(t, FILES);
  const { folder } = repository;
  gitAt(folder, repository.env, ['init', '-q', '--bare', 'hub.git']);
  repository.git('remote', 'add', 'origin', join(folder, 'hub.git'));
  repository.git('push', '-q', '-u', 'origin', 'main');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'gh'), `#!/bin/sh\n[ "$1" = --version ] && echo 'gh version 2.0.0' && exit 0\n${ghBody}\n`);
  chmodSync(join(bin, 'gh'), 0o755);
  repository.env.PATH = `${bin}:${repository.env.PATH}`;
  return repository;
}

/** Writes down its arguments and the text of the request, and answers as gh does. */
const RECORDS = `printf '%s\\n' "$@" > "$HOME/called"
for word in "$@"; do last=$word; done
cat "$last" > "$HOME/body"
echo 'Creating pull request'
echo https://hub.example/pull/7`;

async function open(repository: TestRepository) {
  const landing = repository.landing({ mode: 'pull-request', branch: 'tidy' });
  assert.deepEqual(await landing.check(), { kind: 'ready' });
  const made = branchOf(await landing.land({ ...repository.work({ 'a.js': '2\n' }), ...WORDS }));
  assert.ok(landing.publish);
  return { made, outcome: await landing.publish(made, WORDS) };
}

test('a pull request pushes the branch with the hooks of the user and is opened by their gh', async (t) => {
  const repository = withRemote(t, RECORDS);
  mkdirSync(join(repository.root, '.git/hooks'));
  writeFileSync(join(repository.root, '.git/hooks/pre-push'), '#!/bin/sh\ncat > "$HOME/pushed"\n', { mode: 0o755 });
  const before = repository.gitFiles();
  const { made, outcome } = await open(repository);
  assert.deepEqual(outcome, {
    kind: 'published',
    as: {
      kind: 'pull-request',
      branch: 'tidy',
      commit: made.commit,
      remote: 'origin',
      url: 'https://hub.example/pull/7',
    },
  });
  const hub = join(repository.folder, 'hub.git');
  assert.equal(gitAt(hub, repository.env, ['rev-parse', 'refs/heads/tidy']), made.commit);
  const called = readFileSync(join(repository.folder, 'called'), 'utf8').split('\n');
  assert.deepEqual(called.slice(0, 9), [
    'pr',
    'create',
    '--head',
    'tidy',
    '--base',
    'main',
    '--title',
    WORDS.title,
    '--body-file',
  ]);
  assert.equal(readFileSync(join(repository.folder, 'body'), 'utf8'), WORDS.description);
  assert.match(readFileSync(join(repository.folder, 'pushed'), 'utf8'), /refs\/heads\/tidy/);
  const { 'logs/refs/heads/tidy': log, 'logs/refs/remotes/origin/tidy': _, ...after } = repository.gitFiles();
  assert.ok(log);
  assert.deepEqual(after, before);
});

test('when the push or gh fails, the branch stays and what is left to do is said', async (t) => {
  const repository = withRemote(t, 'echo "no permission" >&2; exit 4');
  const { made, outcome } = await open(repository);
  assert.ok(outcome.kind === 'refused');
  assert.match(outcome.reason, /was pushed to origin, but gh could not open the pull request: no permission/);
  assert.deepEqual(outcome.finish, ["gh pr create --head tidy --base main --title 'Tidy imports' --fill"]);
  assert.equal(repository.git('rev-parse', 'tidy'), made.commit);

  const refusing = withRemote(t, RECORDS);
  mkdirSync(join(refusing.root, '.git/hooks'));
  writeFileSync(join(refusing.root, '.git/hooks/pre-push'), '#!/bin/sh\necho not now >&2; exit 1\n', { mode: 0o755 });
  const second = await open(refusing);
  assert.ok(second.outcome.kind === 'refused');
  assert.match(second.outcome.reason, /could not be pushed to origin: not now/);
  assert.equal(second.outcome.finish[0], 'git push origin refs/heads/tidy:refs/heads/tidy');
  assert.equal(refusing.git('rev-parse', 'tidy'), second.made.commit);
});

test('before the run: no gh, or no remote to push to, is refused with what to do', async (t) => {
  const repository = withRemote(t, RECORDS);
  const check = async (env: Record<string, string> = {}) =>
    reasonOf(await repository.landing({ mode: 'pull-request' }, { env }).check());
  assert.equal(await check(), 'ready');
  const without = { PATH: repository.env.PATH?.split(':').slice(1).join(':') ?? '' };
  assert.match(await check(without), /needs GitHub's command gh: gh is not installed.*--land branch/);
  repository.git('config', 'remote.pushDefault', 'fork');
  assert.match(await check(), /there is no remote fork.*git remote add fork/);
});
