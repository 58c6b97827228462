import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type CheckResult, runChecks } from './index.ts';
import { temporaryProject } from './testing/temporary-project.ts';

/** Printed by the tools themselves, run in a folder `/project`; see the names of the files. */
const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}.txt`, import.meta.url), 'utf8');

/** The result of a check that prints `text` and fails. */
async function failing(owner: test.TestContext, text: string): Promise<CheckResult> {
  const project = temporaryProject(owner, {});
  project.write({ 'output.txt': text.replaceAll('/project', project.root) });
  const script = "process.stdout.write(require('fs').readFileSync('output.txt')); process.exitCode = 1";
  const argv = [process.execPath, '-e', script];
  const run = await runChecks([{ id: 'x', kind: 'test', argv, cwd: project.root, why: '' }], 'after', project.context);
  return run.results[0] as CheckResult;
}

const EXPECTED: Record<string, { ids: string[]; passed?: number }> = {
  'node-tap': {
    ids: ['n/a.test.mjs > fails # odd', 'n/a.test.mjs > group > inner fails', 'n/b.test.mjs'],
    passed: 2,
  },
  'node-spec': { ids: ['n/a.test.mjs > fails # odd', 'n/a.test.mjs > inner fails', 'n/b.test.mjs'], passed: 2 },
  jest: {
    ids: [
      't/a.test.js > outer › fails here',
      't/a.test.js > outer › inner › fails deep > odd',
      't/b.test.js > Test suite failed to run',
    ],
    passed: 1,
  },
  vitest: {
    ids: ['t/b.test.js', 't/a.test.js > outer > fails here', 't/a.test.js > outer > inner > fails deep > odd'],
    passed: 1,
  },
  mocha: { ids: ['outer > fails here', 'outer > inner > fails deep > odd'], passed: 1 },
  pytest: {
    ids: [
      'test_a.py::T::test_bad',
      'test_a.py::T::test_err',
      'test_a.py::T::test_sub (i=1)',
      'test_a.py::test_p[b - c]',
      'test_b.py',
      'test_a.py::test_fx',
    ],
    passed: 3,
  },
  unittest: {
    ids: [
      'test_err (test_a.T.test_err)',
      'test_b (unittest.loader._FailedTest.test_b)',
      'test_bad (test_a.T.test_bad)',
      'test_sub (test_a.T.test_sub) (i=1)',
    ],
    passed: 1,
  },
  mypy: {
    ids: [
      'm.py: return-value Incompatible return value type (got "int", expected "str")',
      'm.py: name-defined Name "undefined_name" is not defined',
    ],
  },
  pyright: {
    ids: [
      'p/m.py: Type "int" is not assignable to return type "str"',
      'p/m.py: reportUndefinedVariable "undefined_name" is not defined',
    ],
  },
  ruff: {
    ids: [
      'm.py: I001 Import block is un-sorted or un-formatted',
      'm.py: F401 `os` imported but unused',
      'm.py: F821 Undefined name `undefined_name`',
      'm.py: B018 Found useless expression. Either assign it to a variable or remove it.',
    ],
  },
  eslint: {
    ids: [
      "x.js: no-unused-vars 'a' is assigned a value but never used",
      "x.js: no-undef 'b' is not defined",
      "x.js: no-undef 'foo' is not defined",
    ],
  },
};

for (const [name, { ids, passed }] of Object.entries(EXPECTED)) {
  test(`the failures that ${name} prints are told apart by name`, async (t) => {
    const result = await failing(t, fixture(name));
    assert.deepEqual(
      result.failures.map(({ id }) => id),
      ids,
    );
    assert.equal(result.passed, passed);
    assert.equal(result.incomplete, undefined);
  });
}

test('a compiler message keeps its name when its line moves, in plain and in pretty output', async (t) => {
  const plain = await failing(t, "src/a.ts(3,5): error TS2304: Cannot find name 'x'.\n");
  const pretty = await failing(t, "\u001b[96msrc/a.ts\u001b[0m:9:1 - error TS2304: Cannot find name 'x'.\r\n");
  assert.deepEqual(plain.failures, pretty.failures);
});

test('the same message twice in a file is two failures', async (t) => {
  const line = "src/a.ts(3,5): error TS2304: Cannot find name 'x'.\n";
  const result = await failing(t, line + line);
  assert.deepEqual(
    result.failures.map(({ id }) => id),
    ["src/a.ts: TS2304 Cannot find name 'x'.", "src/a.ts: TS2304 Cannot find name 'x'. (2)"],
  );
});

test('failures of a monorepo carry the name of their package, whose lines may be mixed', async (t) => {
  const text = [
    'packages/a test: TAP version 13',
    'packages/b test: TAP version 13',
    'packages/a test: not ok 1 - adds',
    'packages/b test: ok 1 - adds',
    '@scope/c:test: ',
    '@scope/c:test:   1 failing',
    '@scope/c:test: ',
    '@scope/c:test:   1) adds:',
  ].join('\n');
  const result = await failing(t, text);
  assert.deepEqual(
    result.failures.map(({ id }) => id),
    ['packages/a test: adds', '@scope/c:test: adds'],
  );
});

test('a run that stopped early says that its list of failures is not complete', async (t) => {
  const text = 'ERROR a_test.py\n!!!!! Interrupted: 1 error during collection !!!!!\n';
  assert.match((await failing(t, text)).incomplete ?? '', /stopped before/);
  assert.match(
    (await failing(t, 'TAP version 13\nnot ok 1 - a\nBail out! no database\n')).incomplete ?? '',
    /bailed out/,
  );
  const unbuilt = "b.ts(1,1): error TS6305: Output file 'a.d.ts' has not been built from source file 'a.ts'.\n";
  assert.match((await failing(t, unbuilt)).incomplete ?? '', /tsc -b/);
});

test('output without a known failure is one failure without a name', async (t) => {
  const result = await failing(t, 'something went wrong\n');
  assert.deepEqual(result.failures, [{ id: 'it failed', kind: 'opaque' }]);
  assert.notEqual(result.incomplete, undefined);
});
