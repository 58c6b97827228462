import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Person, person } from '../support/pyagent.ts';
import { repository, tidyShop } from '../support/repository.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const TOKEN = ['gh', 'p_', 'aB3dE5gH7jK9mN1pQ2sT4vW6xY8zaB3dE5gH'].join('');
const MAIL = ['ada', 'mail.example.org'].join('@');
const TASK = ['run', '--task', 'Analyze dependencies and optimize imports'];

/** A test that fails once the import is gone, and says what it must not. */
const TELLTALE = `import { readFileSync } from 'node:fs';
if (!readFileSync('src/a.js', 'utf8').includes('unused')) {
  const token = ['gh', 'p_', 'aB3dE5gH7jK9mN1pQ2sT4vW6xY8zaB3dE5gH'].join('');
  const mail = ['ada', 'mail.example.org'].join('@');
  console.log('TAP version 13\\n1..1\\nnot ok 1 - logs in with ' + token + ' and mails ' + mail);
  console.error('Error: mail to ' + mail + ' was refused for ' + token);
  process.exit(1);
}
`;

/** The files of a folder that hold `text`, as it is or in UTF-16. */
async function holding(folder: string, text: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of names.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'))) found.push(path);
  }
  return found;
}

async function saidNowhere(someone: Person, root: string, said: string): Promise<void> {
  for (const secret of [TOKEN, MAIL]) {
    assert.ok(
      !said.includes(secret),
      `said: ${said.slice(Math.max(0, said.indexOf(secret) - 200), said.indexOf(secret))}`,
    );
    for (const more of [['show'], ['show', '--json'], ['runs', '--json'], ['runs', '--all'], ['audit', '--json']]) {
      const { stdout, stderr } = await someone.pyagent([...more, '--path', root]);
      assert.ok(!(stdout + stderr).includes(secret), more.join(' '));
    }
    assert.deepEqual(await holding(someone.home, secret), []);
  }
}

test('what a failing test prints is in no event, report, error or row of the store', async () => {
  for (const form of [['--json'], []]) {
    const [root, someone] = [await repository(tidyShop({ 'check.js': TELLTALE })), await person()];
    const { code, stdout, stderr } = await someone.pyagent([...TASK, ...form, '--path', root]);
    assert.equal(code, 1, stdout + stderr);
    if (form.length > 0) assert.match(stdout, /\[REDACTED:token\]/);
    await saidNowhere(someone, root, stdout + stderr);
  }
});

test('what the person writes into a task or a wrong word does not come back either', async () => {
  const [root, someone] = [await repository(tidyShop()), await person()];
  const task = `Analyze dependencies and optimize imports, tell ${MAIL} with ${TOKEN}`;
  const run = await someone.pyagent(['run', '--task', task, '--json', '--path', root]);
  await saidNowhere(someone, root, run.stdout + run.stderr);
  const wrong = await someone.pyagent(['run', '--task', 'x', '--path', `/nowhere/${TOKEN}`]);
  assert.equal(wrong.code, 2);
  assert.ok(!(wrong.stdout + wrong.stderr).includes(TOKEN), wrong.stderr);
});

test('files and patches are left as they are: changing them would break them', async () => {
  const config = `export const login = '${TOKEN}';\n`;
  const source = `import { add, unused } from './b.js';\n\nexport const login = '${TOKEN}';\nexport const total = (list) => list.reduce(add, 0);\n`;
  const [root, someone] = [await repository(tidyShop({ 'src/a.js': source })), await person()];
  assert.equal((await someone.pyagent([...TASK, '--path', root])).code, 0);
  assert.match(await readFile(join(root, 'src/a.js'), 'utf8'), new RegExp(TOKEN));
  assert.match((await someone.pyagent(['show', '--diff', '--path', root])).stdout, new RegExp(TOKEN));
  for (const name of ['base', 'ours', 'theirs']) await writeFile(join(root, `${name}.js`), config);
  const merged = await someone.pyagent(['merge', 'base.js', 'ours.js', 'theirs.js'], { cwd: root });
  assert.equal(merged.stdout, config, merged.stderr);
});

test('what PyAgent says of itself is not taken for something private', async () => {
  const [root, someone] = [await repository(tidyShop()), await person()];
  for (const args of [
    [...TASK, '--json'],
    ['show', '--json'],
    ['runs', '--json'],
    ['audit', '--json'],
    ['config', '--json'],
  ]) {
    const { stdout, stderr } = await someone.pyagent([...args, '--path', root]);
    assert.ok(!(stdout + stderr).includes('[REDACTED'), `${args.join(' ')}: ${stdout.slice(0, 3000)}`);
  }
});
