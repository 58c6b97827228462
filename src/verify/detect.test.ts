import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { type DetectedChecks, detectChecks, runChecks, verifyMode } from './index.ts';
import { installTypeScript, type TemporaryProject, temporaryProject } from './testing/temporary-project.ts';

function detect(project: TemporaryProject, mode = 'auto', env = project.context.env): Promise<DetectedChecks> {
  const { runCommand } = project.context;
  return detectChecks({ root: project.root, mode: verifyMode(mode), env, platform: process.platform, runCommand });
}

/** The commands found, by id; programs without their folders. */
function commands({ checks }: DetectedChecks): Record<string, string> {
  return Object.fromEntries(
    checks.map(({ id, argv: [program = '', ...rest] }) => [id, [basename(program), ...rest].join(' ')]),
  );
}

const json = (value: object) => JSON.stringify(value);

test('scripts of package.json are the first choice, and the package manager is the one of the lock file', async (t) => {
  const project = temporaryProject(t, {
    'package.json': json({ scripts: { 'check-types': 'tsc', test: 'node --test' } }),
    'package-lock.json': '{}',
    'tsconfig.json': '{}',
  });
  const found = await detect(project);
  assert.deepEqual(commands(found), { typecheck: 'npm run --silent check-types', test: 'npm run --silent test' });
  assert.deepEqual(Object.keys(commands(await detect(project, 'test'))), ['test']);
  assert.deepEqual(Object.keys(commands(await detect(project, 'typecheck'))), ['typecheck']);
  assert.deepEqual(commands(await detect(project, 'none')), {});
});

test('a package manager that is not installed is replaced by npm, one that is runs the script', async (t) => {
  const project = temporaryProject(t, { 'package.json': json({ scripts: { test: 'x' } }), 'pnpm-lock.yaml': '' });
  const tools = join(project.root, 'tools');
  mkdirSync(tools);
  assert.deepEqual(commands(await detect(project, 'auto', { PATH: tools })), { test: 'npm run --silent test' });
  writeFileSync(join(tools, 'pnpm'), '');
  chmodSync(join(tools, 'pnpm'), 0o755);
  assert.deepEqual(commands(await detect(project, 'auto', { PATH: tools })), { test: 'pnpm run test' });
});

test("npm's placeholder and scripts that watch are no tests", async (t) => {
  const placeholder = 'echo "Error: no test specified" && exit 1';
  const project = temporaryProject(t, { 'package.json': json({ scripts: { test: placeholder } }) });
  assert.deepEqual(await detect(project), { checks: [], unavailable: [] });
  project.write({ 'package.json': json({ scripts: { test: 'jest --watch', 'test:ci': 'jest' } }) });
  assert.deepEqual(commands(await detect(project)), { test: 'npm run --silent test:ci' });
  project.write({ 'package.json': json({ scripts: { test: 'vitest watch' } }) });
  const { checks, unavailable } = await detect(project);
  assert.equal(checks.length, 0);
  assert.match(unavailable[0]?.reason ?? '', /watches/);
});

test('a TypeScript project without scripts is checked by its own compiler, which finds its error', async (t) => {
  const project = temporaryProject(t, {
    'tsconfig.json': '{ // comment\n "compilerOptions": { "lib": ["es5"], "types": [], "strict": true }, }',
    'a.ts': 'export const a: string = 1;\n',
  });
  installTypeScript(project.root, 'typescript5');
  const found = await detect(project);
  assert.deepEqual(commands(found), { typecheck: 'tsc --noEmit --pretty false -p tsconfig.json' });
  const { results } = await runChecks(found.checks, 'before', project.context);
  assert.deepEqual(
    results[0]?.failures.map(({ id }) => id),
    ["a.ts: TS2322 Type 'number' is not assignable to type 'string'."],
  );
});

const COMPOSITE = { composite: true, outDir: 'dist', lib: ['es5'], types: [] };
const REFERENCES = {
  'tsconfig.json': json({ files: [], references: [{ path: './a' }, { path: './b' }] }),
  'a/tsconfig.json': json({ compilerOptions: COMPOSITE }),
  'a/index.ts': 'export const a = 1;\n',
  'b/tsconfig.json': json({ compilerOptions: COMPOSITE, references: [{ path: '../a' }] }),
  'b/index.ts': "import { a } from '../a/index';\nexport const b: string = a;\n",
};

test('projects that refer to each other are checked from their sources, and nothing is built', async (t) => {
  const project = temporaryProject(t, REFERENCES);
  installTypeScript(project.root, 'typescript5');
  const { checks } = await detect(project);
  const { results } = await runChecks(checks, 'before', project.context);
  assert.deepEqual(
    results.map(({ failures }) => failures.map(({ id }) => id)),
    [["b/index.ts: TS2322 Type 'number' is not assignable to type 'string'."]],
  );
  project.write({ 'b/index.ts': "import { a } from '../a/index';\nexport const b: number = a;\n" });
  assert.equal((await runChecks(checks, 'after', project.context)).results[0]?.outcome, 'passed');
  assert.deepEqual(readdirSync(join(project.root, 'a')).sort(), ['index.ts', 'tsconfig.json']);
});

test('where the compiler has no library, each project is checked, and one that wants a build says so', async (t) => {
  const project = temporaryProject(t, REFERENCES);
  installTypeScript(project.root);
  const { checks } = await detect(project);
  const { results } = await runChecks(checks, 'before', project.context);
  assert.deepEqual(
    results.map(({ check, outcome }) => [check.id, outcome]),
    [
      ['typecheck:./a', 'passed'],
      ['typecheck:./b', 'failed'],
    ],
  );
  assert.match(results[1]?.incomplete ?? '', /built first/);
});

test('an incremental project writes what it remembers into the scratch folder', async (t) => {
  const project = temporaryProject(t, {
    'repository/tsconfig.json': json({ compilerOptions: { incremental: true, lib: ['es5'], types: [] } }),
    'repository/a.ts': 'export const a = 1;\n',
  });
  const root = join(project.root, 'repository');
  installTypeScript(root);
  const { runCommand, env } = project.context;
  const scratch = join(project.root, 'scratch');
  const mode = verifyMode('auto');
  const { checks } = await detectChecks({ root, mode, env, platform: process.platform, runCommand, scratch });
  const { results } = await runChecks(checks, 'before', project.context);
  assert.equal(results[0]?.outcome, 'passed');
  assert.deepEqual(readdirSync(scratch), ['typecheck.tsbuildinfo']);
  assert.deepEqual(readdirSync(root).sort(), ['a.ts', 'node_modules', 'tsconfig.json']);
});

test('what is not installed makes a check unavailable, with the reason and what to do', async (t) => {
  const project = temporaryProject(t, {
    'package.json': json({ scripts: { test: 'jest' }, devDependencies: { jest: '1' } }),
    'tsconfig.json': '{}',
  });
  const { checks, unavailable } = await detect(project);
  assert.deepEqual(checks, []);
  assert.deepEqual(unavailable.map(({ kind }) => kind).sort(), ['test', 'typecheck']);
  assert.ok(unavailable.every(({ remedy }) => remedy.includes('install')));
});

test('a broken package.json is named', async (t) => {
  const { unavailable } = await detect(temporaryProject(t, { 'package.json': '{ "scripts": ' }));
  assert.match(unavailable[0]?.reason ?? '', /package\.json cannot be read/);
});

test('a monorepo without scripts at its root is checked package by package', async (t) => {
  const scripts = { test: 'node --test' };
  const project = temporaryProject(t, {
    'package.json': json({ workspaces: ['packages/*', '!packages/c'] }),
    'packages/a/package.json': json({ scripts }),
    'packages/b/package.json': json({ scripts }),
    'packages/c/package.json': json({ scripts }),
  });
  assert.deepEqual(Object.keys(commands(await detect(project))), ['test:packages/a', 'test:packages/b']);
  project.write({
    'package.json': json({}),
    'pnpm-workspace.yaml': "packages:\n  # all of them\n  - 'packages/*'\n",
  });
  assert.equal((await detect(project)).checks.length, 3);
});

test('a script found by detection really runs, and its tests are counted', async (t) => {
  const project = temporaryProject(t, {
    'package.json': json({ scripts: { test: 'node --test' } }),
    'a.test.mjs': "import { test } from 'node:test'; test('one', () => {}); test('two', () => { throw 1 });",
  });
  const { checks } = await detect(project);
  const { results } = await runChecks(checks, 'before', project.context);
  assert.equal(results[0]?.passed, 1);
  assert.deepEqual(
    results[0]?.failures.map(({ id }) => id),
    ['a.test.mjs > two'],
  );
});

test('a command line of the user is run by a shell', async (t) => {
  const project = temporaryProject(t, {});
  const { checks } = await detect(project, 'true && exit 0');
  const { results } = await runChecks(checks, 'before', project.context);
  assert.equal(results[0]?.outcome, 'passed');
  assert.deepEqual((await detect(project, ' ')).checks, []);
  assert.equal(project.events[0]?.data.command, 'true && exit 0');
});
