import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinManifests, loadCatalogue, readManifestFile } from './index.ts';

const [example] = builtinManifests;
assert.ok(example !== undefined);

async function folder(t: TestContext, files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'pyagent-catalogue-'));
  t.after(() => rm(path, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return path;
}

const named = (name: string, role = 'tester') => JSON.stringify({ ...example, name, role });

test('without folders the catalogue is the built-in manifests in alphabetical order', async () => {
  const { entries, broken } = await loadCatalogue();
  assert.deepEqual(
    entries.map(({ manifest }) => manifest.name),
    builtinManifests.map(({ name }) => name).toSorted(),
  );
  assert.ok(entries.every(({ origin }) => origin.kind === 'builtin'));
  assert.deepEqual(broken, []);
});

test("the project's manifest wins over the person's, and that over the built-in one", async (t) => {
  const user = await folder(t, { 'a.json': named('cycle-finder', 'of user'), 'b.json': named('mine', 'of user') });
  const project = await folder(t, { 'a.json': named('mine', 'of project'), 'note.txt': 'no manifest' });
  const { entries } = await loadCatalogue({ user, project });
  const roleOf = (name: string) => entries.find(({ manifest }) => manifest.name === name)?.manifest.role;
  assert.deepEqual([roleOf('cycle-finder'), roleOf('mine')], ['of user', 'of project']);
  assert.equal(entries.filter(({ manifest }) => manifest.name === 'mine').length, 1);
});

test('a folder that does not exist holds no manifests', async (t) => {
  const path = join(await folder(t), 'none');
  const { entries, broken } = await loadCatalogue({ project: path, user: path });
  assert.equal(entries.length, builtinManifests.length);
  assert.deepEqual(broken, []);
});

test('a broken file is named and left out; the others are loaded', async (t) => {
  const project = await folder(t, {
    'bad.json': '{',
    'bytes.json': new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
    'good.json': named('good'),
    'huge.json': ' '.repeat(1_000_001),
    'twice.json': named('good'),
  });
  await mkdir(join(project, 'folder.json'));
  const { entries, broken } = await loadCatalogue({ project });
  assert.ok(entries.some(({ manifest }) => manifest.name === 'good'));
  const names = broken.map(({ source }) => source.slice(project.length + 1));
  assert.deepEqual(names, ['bad.json', 'bytes.json', 'folder.json', 'huge.json', 'twice.json']);
  assert.match(broken[1]?.message ?? '', /expected UTF-8 text/);
  assert.match(broken[2]?.message ?? '', /EISDIR/);
  assert.match(broken[4]?.message ?? '', /good\.json has already/);
});

test('a manifest folder that is a file is named, not overlooked', async (t) => {
  const path = await folder(t, { manifests: named('x') });
  const { broken } = await loadCatalogue({ project: join(path, 'manifests') });
  assert.deepEqual([broken.length, broken[0]?.source], [1, join(path, 'manifests')]);
});

test('a file that does not exist is an invalid manifest with the reason', async (t) => {
  const reading = await readManifestFile(join(await folder(t), 'none.json'));
  assert.ok(reading.kind === 'invalid');
  assert.match(reading.message, /none\.json: .*ENOENT/);
});
