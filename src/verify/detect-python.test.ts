import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DetectedChecks, detectChecks, runChecks } from './index.ts';
import { type TemporaryProject, temporaryProject } from './testing/temporary-project.ts';

const hasPython = (() => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const skip = hasPython ? false : 'there is no python3 here';

function detect(project: TemporaryProject, env = project.context.env): Promise<DetectedChecks> {
  const { runCommand } = project.context;
  return detectChecks({ root: project.root, mode: { kind: 'auto' }, env, platform: process.platform, runCommand });
}

/** A virtual environment without pytest and mypy, by the system's interpreter. */
function makeVenv(project: TemporaryProject): void {
  execFileSync('python3', ['-m', 'venv', '--without-pip', join(project.root, '.venv')]);
}

const UNITTEST = `import unittest
class T(unittest.TestCase):
    def test_good(self): pass
    def test_bad(self): self.assertEqual(1, 2)
`;

test('unittest tests run by the project environment, named, with nothing written into the tree', {
  skip,
}, async (t) => {
  const project = temporaryProject(t, { 'pyproject.toml': '', 'tests/test_a.py': UNITTEST, 'src/pkg/__init__.py': '' });
  makeVenv(project);
  const found = await detect(project);
  assert.deepEqual(
    found.checks.map(({ id }) => id),
    ['syntax', 'unittest'],
  );
  assert.ok(found.checks.every(({ argv }) => argv[0]?.startsWith(join(project.root, '.venv'))));
  const { results } = await runChecks(found.checks, 'before', project.context);
  assert.equal(results[0]?.outcome, 'passed');
  assert.equal(results[1]?.passed, 1);
  assert.match(results[1]?.failures[0]?.id ?? '', /^test_bad \(test_a\.T/);
  assert.equal(existsSync(join(project.root, 'tests', '__pycache__')), false);
});

test('tests import the sources of the tree, not a copy that is installed elsewhere', { skip }, async (t) => {
  const project = temporaryProject(t, {
    'src/pkg/__init__.py': 'place = "tree"\n',
    'test_a.py':
      'import unittest, pkg\nclass T(unittest.TestCase):\n    def test_place(self): self.assertEqual(pkg.place, "tree")\n',
  });
  makeVenv(project);
  const { env } = project.context;
  project.write({ 'installed/pkg/__init__.py': 'place = "copy"\n' });
  const { checks } = await detect(project, { ...env, PYTHONPATH: join(project.root, 'installed') });
  const { results } = await runChecks(checks, 'before', project.context);
  assert.deepEqual(
    results.map(({ check, outcome }) => [check.id, outcome]),
    [
      ['syntax', 'passed'],
      ['unittest', 'passed'],
    ],
  );
});

test('the syntax check names the file that cannot be parsed, and writes nothing', { skip }, async (t) => {
  const project = temporaryProject(t, { 'good.py': 'x = 1\n', 'bad.py': 'def (:\n' });
  const { checks } = await detect(project);
  const { results } = await runChecks(checks, 'before', project.context);
  assert.match(results[0]?.failures[0]?.id ?? '', /^bad\.py: SyntaxError /);
  assert.deepEqual(readdirSync(project.root).sort(), ['bad.py', 'good.py']);
});

test('a tool that is configured but not installed is unavailable, not failed', { skip }, async (t) => {
  const project = temporaryProject(t, {
    'pyproject.toml': '[tool.mypy]\nstrict = true\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
    'tests/test_a.py': 'def test_a(): pass\n',
  });
  makeVenv(project);
  const { checks, unavailable } = await detect(project, { PATH: '' });
  assert.deepEqual(
    checks.map(({ id }) => id),
    ['syntax'],
  );
  assert.deepEqual(unavailable.map(({ id }) => id).sort(), ['mypy', 'pytest']);
  assert.match(unavailable[0]?.remedy ?? '', /install/);
});

test('mypy is told what to check where its settings do not, and the environment of poetry is asked for', {
  skip,
}, async (t) => {
  const project = temporaryProject(t, {
    'pyproject.toml': '[tool.setuptools]\npackages = ["pkg"]\n\n[tool.mypy]\nstrict = true\n',
    'poetry.lock': '',
    'pkg/__init__.py': '',
    'tests/test_a.py': '',
    'elsewhere/bin/python': '#!/bin/sh\necho mypy\n',
  });
  project.write({ 'tools/poetry': `#!/bin/sh\necho ${project.root}/elsewhere\n` });
  chmodSync(join(project.root, 'tools/poetry'), 0o755);
  chmodSync(join(project.root, 'elsewhere/bin/python'), 0o755);
  const { checks } = await detect(project, { PATH: `${join(project.root, 'tools')}:${project.context.env.PATH}` });
  assert.deepEqual(
    checks.map(({ argv }) => argv.join(' ')),
    [`${project.root}/elsewhere/bin/python -m mypy --no-pretty --show-error-codes --cache-dir=/dev/null pkg`],
  );
});

test('Python files without an interpreter are named', async (t) => {
  const { checks, unavailable } = await detect(temporaryProject(t, { 'a.py': '' }), { PATH: '' });
  assert.deepEqual(checks, []);
  assert.match(unavailable[0]?.reason ?? '', /no Python interpreter/);
});

test('a stray script does not make a JavaScript project a Python one', async (t) => {
  const project = temporaryProject(t, { 'package.json': '{}', 'scripts/tool.py': '' });
  assert.deepEqual(await detect(project), { checks: [], unavailable: [] });
});
