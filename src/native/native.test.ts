import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPyAgentError } from '../kernel/index.ts';
import { native, packageRoot, platformPackages, sourceHash } from './index.ts';

test('the addon of a checkout was built from the sources of that checkout', () => {
  assert.equal(native().sourceHash(), sourceHash(packageRoot(import.meta.url)));
});

test('errors of the addon arrive as the one error class, from promises, values and objects alike', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pyagent-native-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const lock = native().lockWorkspace(join(folder, 'lock'), 'the first');
  assert.throws(
    () => native().lockWorkspace(join(folder, 'lock'), 'the second'),
    (error) => isPyAgentError(error, 'store/busy') && error.details.holder === 'the first',
  );
  assert.equal(native().workspaceHolder(join(folder, 'lock')), 'the first');
  lock.release();
  assert.equal(native().workspaceHolder(join(folder, 'lock')), null);
  native().lockWorkspace(join(folder, 'lock'), 'the second').release();
  const missing = join(folder, 'none');
  await assert.rejects(native().syncPaths([missing]), {
    code: 'native/file',
    details: { errno: 'ENOENT', path: missing },
  });
  const store = await native().openStore(join(folder, 'store.db'), []);
  await assert.rejects(store.query('SELECT nothing', []), { code: 'store/sql' });
  await store.close();
});

const onlyText = process.platform === 'win32' && 'names are text there';

test('a failure names its path also where that is not UTF-8', { skip: onlyText }, async (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pyagent-native-')));
  t.after(() => rmSync(folder, { recursive: true }));
  const tree = native().openObjects(join(folder, 'objects')).openTree(folder);
  // The byte 0xFF, and more of them than a name may have.
  const path = '\uEFFF'.repeat(300);
  await assert.rejects(tree.observe([path]), (error) => {
    return isPyAgentError(error, 'native/file') && error.details.path === join(folder, path);
  });
});

test('bytes and files hash alike', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pyagent-native-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'abc'), 'abc');
  // From the BLAKE3 specification's reference implementation.
  const expected = '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85';
  assert.equal(native().hashBytes(Buffer.from('abc')), expected);
  const tree = native().openObjects(join(folder, 'objects')).openTree(folder);
  assert.equal((await tree.observe(['abc']))[0]?.state.hash, expected);
});

test('an addon package is named after its platform by the convention of napi-rs', () => {
  assert.deepEqual(platformPackages('linux', 'x64'), [
    '@pyagent/native-linux-x64-gnu',
    '@pyagent/native-linux-x64-musl',
  ]);
  assert.deepEqual(platformPackages('darwin', 'arm64'), ['@pyagent/native-darwin-arm64']);
  assert.deepEqual(platformPackages('win32', 'x64'), ['@pyagent/native-win32-x64-msvc']);
});
