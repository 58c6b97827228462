import { devNull } from 'node:os';
import { delimiter, join, parse } from 'node:path';
import type { DetectedChecks, UnavailableCheck } from '../check.ts';
import type { DetectOptions } from './detect-options.ts';
import { findBin, findOnPath, isThere, namesIn, readText } from './project-files.ts';
import { findPython } from './python-interpreter.ts';
import { SYNTAX_SCRIPT } from './python-syntax.ts';

const SETTINGS = ['pyproject.toml', 'setup.cfg', 'tox.ini', 'pytest.ini', '.pytest.ini', 'mypy.ini', '.mypy.ini'];
const PROJECT_FILES = [
  'pyproject.toml',
  'setup.py',
  'setup.cfg',
  'requirements.txt',
  'Pipfile',
  'tox.ini',
  'pytest.ini',
];
/** How far below the root Python files are looked for. */
const MAX_DEPTH = 4;
/** Folders whose own `src` belongs to a test or an example. */
const NOT_IMPORTED = new Set(['test', 'tests', 'docs', 'examples', 'example']);
const NOT_SOURCES = new Set(['node_modules', 'venv', 'env', 'dist', 'build', '__pycache__', 'site-packages']);

interface Project {
  options: DetectOptions;
  python: string;
  /** Which of the tools that we know this interpreter can import. */
  modules: ReadonlySet<string>;
  settings: ReadonlyMap<string, string>;
  /** Relative paths of all Python files. */
  files: readonly string[];
  /** Those that hold tests. */
  testFiles: readonly string[];
}

/** The checks of a Python project, by the interpreter of its own virtual environment where it has one. */
export async function detectPython(options: DetectOptions): Promise<DetectedChecks> {
  const files = await pythonFiles(options.root, '', MAX_DEPTH);
  if (files.length === 0) return { checks: [], unavailable: [] };
  const settings = new Map<string, string>();
  for (const name of SETTINGS) {
    const text = await readText(join(options.root, name));
    if (text !== undefined) settings.set(name, text);
  }
  // A few scripts in a project of another language are no Python project.
  const named = await Promise.all(PROJECT_FILES.map((name) => isThere(join(options.root, name))));
  const testFiles = files.filter((file) => /(?:^|\/)(?:test_[^/]*|[^/]*_test|tests)\.py$/.test(file));
  if (!named.includes(true) && testFiles.length === 0 && (await isThere(join(options.root, 'package.json'))))
    return { checks: [], unavailable: [] };
  const python = await findPython(options);
  if (python === undefined) {
    const reason = 'there are Python files, but no Python interpreter was found';
    return { checks: [], unavailable: [{ id: 'python', kind: 'test', reason, remedy: 'install Python 3' }] };
  }
  const project = { options, python, modules: await importable(options, python), settings, files, testFiles };
  const types = await typechecks(project);
  const tests = await testChecks(project);
  return {
    checks: [...(types.checks.length > 0 ? types.checks : [syntaxCheck(project)]), ...tests.checks],
    unavailable: [...types.unavailable, ...tests.unavailable],
  };
}

async function pythonFiles(root: string, folder: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for (const { name, isFolder } of await namesIn(join(root, folder))) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (!isFolder && name.endsWith('.py')) found.push(path);
    if (!isFolder || depth === 0 || name.startsWith('.') || NOT_SOURCES.has(name)) continue;
    if (await isThere(join(root, path, 'pyvenv.cfg'))) continue;
    found.push(...(await pythonFiles(root, path, depth - 1)));
  }
  return found;
}

async function importable({ env, runCommand, signal }: DetectOptions, python: string): Promise<Set<string>> {
  const script = `import importlib.util as u
print(*[m for m in ("pytest", "mypy", "pytest_cov") if u.find_spec(m)])`;
  // Not in the project: a folder of its own named "pytest" would count as the tool.
  const cwd = parse(python).root;
  const outcome = await runCommand({ argv: [python, '-c', script], cwd, env, timeoutMs: 30_000, signal });
  return new Set(outcome.kind === 'exited' && outcome.code === 0 ? outcome.stdout.trim().split(/\s+/) : []);
}

function has(project: Project, expression: RegExp): boolean {
  return [...project.settings.values()].some((text) => expression.test(text));
}

async function typechecks(project: Project): Promise<DetectedChecks> {
  const { options, python, modules, settings } = project;
  const { root, env, platform } = options;
  const found: DetectedChecks = { checks: [], unavailable: [] };
  const mypy = [...settings.values()].map(mypySettings).find((section) => section !== undefined);
  if (mypy !== undefined) {
    const program = modules.has('mypy') ? [python, '-m', 'mypy'] : await asArgv(findOnPath('mypy', env, platform));
    const target = /^\s*(?:files|packages|modules)\s*=/m.test(mypy) ? [] : mypyTargets(project);
    if (program === undefined) found.unavailable.push(notInstalled('mypy', 'typecheck', python));
    else {
      // With a scratch folder the environment of the checks names the cache; without one mypy must not make its own.
      const cache = options.scratch === undefined ? [`--cache-dir=${devNull}`] : [];
      const argv = [...program, '--no-pretty', '--show-error-codes', ...cache, ...target];
      found.checks.push({ id: 'mypy', kind: 'typecheck', argv, cwd: root, why: 'mypy is configured' });
    }
  }
  if ((await isThere(join(root, 'pyrightconfig.json'))) || has(project, /^\[tool\.(?:based)?pyright\]/m)) {
    const beside = join(python, '..', platform === 'win32' ? 'pyright.exe' : 'pyright');
    const own = (await isThere(beside)) ? beside : await findBin('pyright', root, platform);
    const argv = await asArgv(Promise.resolve(own ?? (await findOnPath('pyright', env, platform))));
    if (argv === undefined) found.unavailable.push(notInstalled('pyright', 'typecheck', python));
    else found.checks.push({ id: 'pyright', kind: 'typecheck', argv, cwd: root, why: 'pyright is configured' });
  }
  return found;
}

/** The section of mypy in a settings file. */
function mypySettings(text: string): string | undefined {
  return text.split(/^(?=\[)/m).find((section) => /^\[(?:tool\.)?mypy\]/.test(section));
}

/** What mypy is told to check where its settings do not say: the sources, not tests that may share names. */
function mypyTargets({ files }: Project): string[] {
  if (files.some((file) => file.startsWith('src/'))) return ['src'];
  const packages = files.flatMap((file) => /^([^/]+)\/__init__\.py$/.exec(file)?.[1] ?? []);
  const sources = packages.filter((name) => !NOT_IMPORTED.has(name));
  return sources.length > 0 ? sources : ['.'];
}

async function asArgv(program: Promise<string | undefined>): Promise<string[] | undefined> {
  const path = await program;
  return path === undefined ? undefined : [path];
}

function notInstalled(tool: string, kind: 'typecheck' | 'test', python: string): UnavailableCheck {
  const reason = `${tool} is configured, but ${python} does not have it`;
  return { id: tool, kind, reason, remedy: `install ${tool} into the project's environment and run again` };
}

async function testChecks(project: Project): Promise<DetectedChecks> {
  const { options, python, modules, settings, testFiles } = project;
  const configured =
    settings.has('pytest.ini') ||
    settings.has('.pytest.ini') ||
    has(project, /^\[(?:tool\.pytest(?:\.ini_options)?|tool:pytest|pytest)\]/m);
  if (modules.has('pytest') && (configured || testFiles.length > 0))
    return { checks: [pytest(project)], unavailable: [] };
  if (configured) return { checks: [], unavailable: [notInstalled('pytest', 'test', python)] };
  if (testFiles.length === 0) return { checks: [], unavailable: [] };
  const texts = await Promise.all(testFiles.map((file) => readText(join(options.root, file))));
  if (!texts.some((text) => text?.includes('unittest'))) {
    const reason = `there are test files, but ${python} does not have pytest`;
    const remedy = "install pytest into the project's environment and run again";
    return { checks: [], unavailable: [{ id: 'pytest', kind: 'test', reason, remedy }] };
  }
  const argv = [python, '-m', 'unittest', 'discover', ...(await unittestFolder(project))];
  const why = 'there are unittest test files';
  const check = { id: 'unittest', kind: 'test', argv, cwd: options.root, why, emptyExitCode: 5 } as const;
  return { checks: [{ ...check, env: sourcesFirst(project) }], unavailable: [] };
}

function pytest(project: Project) {
  const flags = ['-rfE', '-p', 'no:cacheprovider', '--continue-on-collection-errors', '--color=no'];
  // Coverage writes a data file into the tree and can fail a run that passes.
  if (project.modules.has('pytest_cov')) flags.push('--no-cov');
  return {
    id: 'pytest',
    kind: 'test',
    argv: [project.python, '-m', 'pytest', ...flags],
    cwd: project.options.root,
    why: 'pytest is installed and there are tests',
    env: sourcesFirst(project),
    emptyExitCode: 5,
  } as const;
}

/** Where unittest starts: a test folder that is no package is not found from the root. */
async function unittestFolder({ options: { root }, testFiles }: Project): Promise<string[]> {
  const folder = ['tests', 'test'].find((name) => testFiles.some((file) => file.startsWith(`${name}/`)));
  if (folder === undefined) return [];
  const isPackage = await isThere(join(root, folder, '__init__.py'));
  return isPackage ? ['-s', folder, '-t', '.'] : ['-s', folder];
}

/**
 * Puts the project's source folders on Python's path. Without them the tests of a `src` layout import nothing, or worse: a
 * copy of the package that is installed elsewhere, and pass or fail whatever the change does.
 */
function sourcesFirst({ options: { root, env }, files }: Project): { PYTHONPATH: string } | Record<string, never> {
  const folders = new Set<string>();
  for (const file of files) {
    const names = file.split('/');
    const inRoot = ['src', 'lib', 'python'].includes(names[0] ?? '') && !files.includes(`${names[0]}/__init__.py`);
    const nested = names.indexOf('src');
    const depth = inRoot ? 1 : nested + 1;
    if (depth > 0 && depth < names.length && !names.slice(0, depth).some((name) => NOT_IMPORTED.has(name)))
      folders.add(join(root, ...names.slice(0, depth)));
  }
  if (folders.size === 0) return {};
  return { PYTHONPATH: [...folders, ...(env.PYTHONPATH ? [env.PYTHONPATH] : [])].join(delimiter) };
}

function syntaxCheck({ python, options: { root } }: Project) {
  const why = 'no type checker is configured; this only shows that every file can be parsed';
  const argv = [python, '-c', SYNTAX_SCRIPT];
  return { id: 'syntax', kind: 'syntax', argv, cwd: root, why, shownAs: 'parse every Python file' } as const;
}
