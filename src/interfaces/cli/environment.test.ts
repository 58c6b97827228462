import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userFolders } from './environment.ts';

test('the XDG variables say where the folders are, unless they are relative', () => {
  const env = { XDG_STATE_HOME: '/state', XDG_CONFIG_HOME: 'relative/config', XDG_CACHE_HOME: '/cache' };
  assert.deepEqual(userFolders({ env, platform: 'linux', home: '/home/ada' }), {
    state: '/state/pyagent',
    config: '/home/ada/.config/pyagent',
    cache: '/cache/pyagent',
  });
});

test('each platform has its own places', () => {
  assert.equal(userFolders({ env: {}, platform: 'linux', home: '/home/ada' }).state, '/home/ada/.local/state/pyagent');
  assert.match(userFolders({ env: {}, platform: 'darwin', home: '/Users/ada' }).cache, /Library\/Caches\/pyagent$/);
  const windows = userFolders({ env: { LOCALAPPDATA: 'L', APPDATA: 'R' }, platform: 'win32', home: 'H' });
  assert.match(windows.state, /^L.pyagent.state$/);
  assert.match(windows.config, /^R.pyagent$/);
});

test('without a home folder the XDG variables suffice, and nothing is written to the current folder', () => {
  const env = { XDG_STATE_HOME: '/s', XDG_CONFIG_HOME: '/c', XDG_CACHE_HOME: '/k' };
  assert.equal(userFolders({ env, platform: 'linux', home: undefined }).state, '/s/pyagent');
  assert.throws(() => userFolders({ env: {}, platform: 'linux', home: undefined }), { code: 'cli/usage' });
});
