import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Ended, person, type StartOptions } from '../support/pyagent.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const TOKEN = ['gh', 'p_', 'aB3dE5gH7jK9mN1pQ2sT4vW6xY8zaB3dE5gH'].join('');
const MAIL = ['ada', 'mail.example.org'].join('@');
const LETTER = `Dear all,\nwrite to ${MAIL}\nor use ${TOKEN}.\n`;
const CLEAN = 'Dear all,\nwrite to [REDACTED:email]\nor use [REDACTED:token].\n';

const folder = () => mkdtemp(join(tmpdir(), 'pyagent-redact-'));

/** Runs the command with `input` on its standard input. */
async function piped(args: readonly string[], input: string | Uint8Array, options: StartOptions = {}): Promise<Ended> {
  const { child, ended } = await (await person()).start(args, { ...options, input: true });
  child.stdin?.end(input);
  return ended;
}

test('a pipe comes out without what is private, and a file too', async () => {
  const { code, stdout, stderr } = await piped(['redact'], LETTER);
  assert.deepEqual([code, stdout, stderr], [0, CLEAN, '']);
  const cwd = await folder();
  await writeFile(join(cwd, 'letter.txt'), LETTER);
  const someone = await person();
  assert.equal((await someone.pyagent(['redact', 'letter.txt'], { cwd })).stdout, CLEAN);
  assert.equal(await readFile(join(cwd, 'letter.txt'), 'utf8'), LETTER);
  // Several files, and the standard input among them.
  const both = await piped(['redact', 'letter.txt', '-'], `${MAIL}\n`, { cwd });
  assert.equal(both.stdout, `${CLEAN}[REDACTED:email]\n`);
});

test('bytes that are no text pass through as they are', async () => {
  const cwd = await folder();
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 251));
  await writeFile(join(cwd, 'picture'), bytes);
  const { code } = await (await person()).pyagent(['redact', 'picture', '--output', 'copy'], { cwd });
  assert.equal(code, 0);
  assert.deepEqual(await readFile(join(cwd, 'copy')), bytes);
});

test('--output makes a new file for its owner alone, and never writes over one', async () => {
  const [cwd, someone] = [await folder(), await person()];
  await writeFile(join(cwd, 'letter.txt'), LETTER);
  assert.equal((await someone.pyagent(['redact', 'letter.txt', '--output', 'clean.txt'], { cwd })).code, 0);
  assert.equal(await readFile(join(cwd, 'clean.txt'), 'utf8'), CLEAN);
  assert.equal((await stat(join(cwd, 'clean.txt'))).mode & 0o777, 0o600);
  const again = await someone.pyagent(['redact', 'letter.txt', '--output', 'letter.txt'], { cwd });
  assert.equal(again.code, 2);
  assert.match(again.stderr, /Expected a new file for the result/);
  assert.equal(await readFile(join(cwd, 'letter.txt'), 'utf8'), LETTER);
});

test('--check tells file, line, kind and rule, never the text, and ends with 1', async () => {
  const [cwd, someone] = [await folder(), await person()];
  await writeFile(join(cwd, 'letter.txt'), LETTER);
  await writeFile(join(cwd, 'clean.txt'), 'Nothing here.\n');
  const found = await someone.pyagent(['redact', '--check', 'clean.txt', 'letter.txt'], { cwd });
  assert.equal(found.code, 1);
  assert.equal(found.stdout, 'letter.txt:2: email (email)\nletter.txt:3: token (github-token)\n');
  const none = await someone.pyagent(['redact', '--check', 'clean.txt'], { cwd });
  assert.deepEqual([none.code, none.stdout], [0, '']);
  const { code, stdout } = await someone.pyagent(['redact', '--json', 'letter.txt'], { cwd });
  assert.equal(code, 1);
  const { found: count, places } = JSON.parse(stdout);
  assert.equal(count, 2);
  assert.deepEqual(places[0], { file: 'letter.txt', line: 2, kind: 'email', rule: 'email' });
});

test('--kinds, --allow and --rules say what counts as private', async () => {
  const cwd = await folder();
  const kinds = await piped(['redact', '--kinds', 'token,phone', '-'], LETTER);
  assert.equal(kinds.stdout, LETTER.replace(TOKEN, '[REDACTED:token]'));
  assert.equal((await piped(['redact', '--allow', MAIL, '-'], LETTER)).stdout, CLEAN.replace('[REDACTED:email]', MAIL));
  assert.equal((await piped(['redact', '--allow', MAIL, '--allow', TOKEN], LETTER)).stdout, LETTER);
  const rules = "[[rules]]\nid = 'badge'\nregex = '''badge-[0-9]{4}'''\nkeywords = ['badge-']\n";
  await writeFile(join(cwd, 'rules.toml'), rules);
  const { stdout } = await piped(['redact', '--rules', 'rules.toml'], 'my badge-1234\n', { cwd });
  assert.equal(stdout, 'my [REDACTED:token]\n');
});

test('what cannot be is told, with 2', async () => {
  const [cwd, someone] = [await folder(), await person()];
  await writeFile(join(cwd, 'broken.toml'), "[[rules]]\nid = 'x'\nregex = '('\n");
  await writeFile(join(cwd, 'letter.txt'), LETTER);
  await writeFile(join(cwd, 'list.json'), '[1]');
  const wrong: [string[], RegExp][] = [
    [['nowhere.txt'], /nowhere\.txt/],
    [['.'], /Expected a text at \./],
    [['--kinds', 'mail', 'letter.txt'], /--kinds expects some of email, phone, .*, found "mail"/],
    [['letter.txt', '--rules', 'nowhere.toml'], /Expected rules at nowhere\.toml/],
    [['letter.txt', '--rules', 'broken.toml'], /rule "x"/],
    [['letter.txt', '--restore', 'list.json'], /Expected a file that --conceal wrote/],
    [['letter.txt', '--restore', 'nowhere.json'], /nowhere\.json/],
    [['letter.txt', '--restore', 'a', '--conceal', 'b'], /cannot be used with/],
    [['letter.txt', '--check', '--output', 'c'], /cannot be used with/],
    [['letter.txt', '--conceal', 'nowhere/map.json'], /Cannot write what the tokens stand for/],
    [['letter.txt', 'nowhere.txt', '--output', 'part.txt'], /nowhere\.txt/],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await someone.pyagent(['redact', ...args], { cwd });
    assert.match(stderr, message, args.join(' '));
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
  }
  // No part of a result is left.
  assert.deepEqual((await readdir(cwd)).sort(), ['broken.toml', 'letter.txt', 'list.json']);
});

test('what was concealed comes back in an answer, and the map is for its owner alone', async () => {
  const cwd = await folder();
  const sent = await piped(['redact', '--conceal', 'map.json'], LETTER, { cwd });
  assert.equal(sent.code, 0, sent.stderr);
  assert.ok(!sent.stdout.includes(MAIL) && !sent.stdout.includes(TOKEN), sent.stdout);
  assert.equal((await stat(join(cwd, 'map.json'))).mode & 0o777, 0o600);
  const [first = ''] = sent.stdout.match(/\[\[PII:email:[0-9]+\]\]/) ?? [];
  await chmod(join(cwd, 'map.json'), 0o644);
  const later = await piped(['redact', '--conceal', 'map.json'], `again ${MAIL}\n`, { cwd });
  assert.equal(later.stdout, `again ${first}\n`);
  assert.equal((await stat(join(cwd, 'map.json'))).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(cwd), ['map.json']);
  assert.equal((await piped(['redact', '--restore', 'map.json'], sent.stdout, { cwd })).stdout, LETTER);
  const answer = `I wrote to ${first}, not to [[PII:email:99]].\n`;
  const { stdout } = await piped(['redact', '--restore', 'map.json'], answer, { cwd });
  assert.equal(stdout, `I wrote to ${MAIL}, not to [[PII:email:99]].\n`);
});

test('a pipe without end is passed on in bounded memory, as fast as it is read', async () => {
  const { child, ended } = await (await person()).start(['redact'], { input: true });
  const { stdin, stdout, pid } = child;
  if (stdin === null || stdout === null || pid === undefined) throw new Error('expected pipes');
  stdin.on('error', () => {});
  const line = Buffer.from(`a line that goes to ${MAIL} and no further\n`.repeat(1_500));
  // Nobody reads: after a while nothing more is taken.
  stdout.pause();
  let taken = 0;
  while (taken < 64 * 1024 * 1024) {
    taken += line.length;
    if (stdin.write(line)) continue;
    const drained = await Promise.race([once(stdin, 'drain').then(() => true), settled(pid)]);
    if (drained !== true) break;
  }
  assert.ok(taken < 64 * 1024 * 1024, `it took ${taken} bytes that nobody read`);
  const memory = Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
  assert.ok(memory < 250_000, `it holds ${memory} KiB`);
  stdin.end();
  stdout.resume();
  const { code, stdout: text } = await ended;
  assert.equal(code, 0);
  assert.ok(!text.includes(MAIL));
});

test('it ends when nobody reads any more, however long the pipe is', async () => {
  const { child, ended } = await (await person()).start(['redact'], { input: true });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('expected pipes');
  stdin.on('error', () => {});
  const line = Buffer.from('a line without end\n'.repeat(10_000));
  const write = () => {
    while (child.exitCode === null && stdin.write(line));
  };
  stdin.on('drain', write);
  write();
  await once(stdout, 'data');
  stdout.destroy();
  assert.equal((await ended).code, 0);
});

/** When the process waits for something and has used no processor for a while. */
async function settled(pid: number): Promise<false> {
  let [before, quiet] = ['', 0];
  while (quiet < 40) {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ');
    const now = fields.slice(13, 15).join(' ');
    quiet = now === before && fields[2] === 'S' ? quiet + 1 : 0;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}
