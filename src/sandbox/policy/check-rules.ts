import { PROJECT_TOOLS } from './project-tools.ts';
import type { CommandRule } from './sandbox-policy.ts';

/** A command with whatever may follow. */
const tool = (...run: string[]): CommandRule => ({
  run,
  decision: 'allow',
  from: 'anywhere',
  options: ['**'],
  arguments: ['*'],
  afterDashes: true,
});
/** A command with these options and arguments. */
const only = (run: string[], options: string, more: Partial<CommandRule> = {}): CommandRule => ({
  run,
  decision: 'allow',
  from: 'anywhere',
  options: options.split(' ').filter((option) => option !== ''),
  ...more,
});

const PYTHON = 'python|python3|python3.9|python3.10|python3.11|python3.12|python3.13|python3.14|pypy3';
const PYTHON_MODULES =
  'pytest|unittest|mypy|pyright|basedpyright|ruff|compileall|py_compile|flake8|pylint|black|isort|doctest|tabnanny|pyflakes|pycodestyle';
const NODE = 'node|nodejs';
const NODE_OPTIONS =
  '--no-warnings --enable-source-maps --trace-warnings --trace-deprecation --no-deprecation --experimental-strip-types --experimental-transform-types --experimental-vm-modules --experimental-sqlite --max-old-space-size=number --stack-trace-limit=number --unhandled-rejections=strict|warn|none|throw|warn-with-error-codes --conditions=* --expose-gc';
const NODE_TEST_OPTIONS = `${NODE_OPTIONS} --test --test-only --test-force-exit --experimental-test-coverage --experimental-test-module-mocks --test-name-pattern=* --test-skip-pattern=* --test-reporter=spec|tap|dot|junit|lcov --test-concurrency=number --test-timeout=number --test-shard=* --test-isolation=none|process --experimental-test-isolation=none|process --test-coverage-include=* --test-coverage-exclude=* --test-coverage-lines=number --test-coverage-branches=number --test-coverage-functions=number`;
const SCRIPTS = ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'];
const TARGETS =
  'test|tests|check|checks|lint|build|typecheck|type-check|all|verify|unit|unittest|test-unit|unit-test|vet|fmt|format|coverage|clean'.split(
    '|',
  );
const TASKS = ['make|gmake|just|task|ninja', TARGETS.join('|')];
const JOBS = '-j -j1 -j2 -j3 -j4 -j6 -j8 -j12 -j16 -j=number --jobs=number';
const GO_OPTIONS =
  '-v -race -short -cover -failfast -json -x -a -i -m -mod=mod|vendor|readonly -count=number -run=* -bench=* -benchmem -fuzz=* -fuzztime=* -skip=* -list=* -timeout=* -parallel=number -p=number -cpu=* -tags=* -shuffle=* -coverprofile=path -covermode=set|count|atomic -coverpkg=* -benchtime=* -vet=* -trimpath -o=path -buildvcs=true|false|auto -f=* -deps -e -u -test -l -n -changed';

const NODE_RULES: readonly CommandRule[] = [
  // npm takes options for its own wherever they stand before `--`.
  only(
    ['npm', 'test|t|run|run-script'],
    '--silent -s --if-present --workspaces -ws --workspace=* -w=* --include-workspace-root --ignore-scripts --loglevel=silent|error|warn|notice|info --prefix=path',
    { arguments: ['*'], afterDashes: true },
  ),
  only(['npm', '--silent|-s', 'test|t|run'], '--silent -s --if-present', { arguments: ['*'], afterDashes: true }),
  // The others hand on what follows the name of the script.
  tool('pnpm|yarn|bun', 'test'),
  tool('pnpm|yarn|bun', 'run', '*'),
  tool('pnpm|yarn|bun', '--silent|-s', 'run', '*'),
  tool('pnpm|yarn|bun', '--silent|-s', 'test'),
  tool('pnpm', 't'),
  // They take the name of a script for their command; these are no commands of theirs.
  tool('pnpm|yarn', 'lint|build|typecheck|type-check|check-types|format|coverage|tests|test:unit|test:ci|test:types'),
  only([NODE], NODE_OPTIONS, { arguments: SCRIPTS, rest: true }),
  only([NODE, '--test'], NODE_TEST_OPTIONS, { arguments: ['path'], afterDashes: 'arguments' }),
  ...NODE_TEST_OPTIONS.split(' ')
    .filter((option) => !option.includes('=') && option !== '--test')
    .map((option) => only([NODE, option, '--test'], NODE_TEST_OPTIONS, { arguments: ['path'] })),
  only(['node|nodejs|npm|pnpm|yarn|bun|deno|tsc|eslint|jest|vitest', '--version|-v|-V'], ''),
  tool(PROJECT_TOOLS.join('|')),
  tool('biome', 'check|ci|lint|format'),
  tool('flow', 'check|focus-check'),
  only(['tsx|ts-node|ts-node-esm'], '--no-cache --transpile-only -T --esm', { arguments: SCRIPTS, rest: true }),
  only(['tsx', '--test'], NODE_TEST_OPTIONS, { arguments: ['path'] }),
  tool('playwright', 'test'),
  tool('cypress', 'run'),
  tool('karma', 'start'),
  tool('deno', 'test|check|lint|fmt'),
];

const PYTHON_RULES: readonly CommandRule[] = [
  tool(PYTHON, '-m', PYTHON_MODULES),
  tool(PYTHON, '-W|-X', '*', '-m', PYTHON_MODULES),
  tool(PYTHON, '-B|-I|-s|-u|-E|-bb', '-m', PYTHON_MODULES),
  only([PYTHON], '-B -I -s -u -E -bb -W=* -X=*', { arguments: ['**/*.py'], rest: true }),
  only([PYTHON, '--version|-V'], ''),
  tool('pytest|py.test|mypy|pyright|basedpyright|ruff|flake8|pylint|black|isort|ty|pyrefly|pyflakes|pycodestyle'),
  only(['tox'], '-e=* -q -v -r -p -l --recreate --parallel', {
    arguments: ['run|r|p|run-parallel'],
    afterDashes: true,
  }),
  only(['tox', 'run|r|p|run-parallel|list|l'], '-e=* -q -v -r --recreate', { afterDashes: true }),
  only(['nox'], '-s=* -e=* -k=* -t=* -p=* -r -R -l --session=* --list', { afterDashes: true }),
  ...[['coverage'], [PYTHON, '-m', 'coverage']].flatMap((coverage) => [
    tool(...coverage, 'run', '-m', 'pytest|unittest'),
    tool(...coverage, 'run', '--branch|--parallel-mode|-p|-a|--source=.|--source=src', '-m', 'pytest|unittest'),
    only([...coverage, 'run'], '--branch --parallel-mode -p -a --source=* --omit=* --include=*', {
      arguments: ['**/*.py'],
      rest: true,
    }),
    tool(...coverage, 'report|html|xml|json|lcov|combine|erase'),
  ]),
];

const OTHER_RULES: readonly CommandRule[] = [
  tool('cargo', 'test|t|check|c|clippy|build|b|fmt|nextest|doc|bench|metadata|tree'),
  only(['cargo|rustc|rustfmt|rustup|go|make|cmake', '--version|-V'], ''),
  only(['rustfmt'], '--check --edition=2015|2018|2021|2024', { arguments: ['path'] }),
  only(['go', 'test'], GO_OPTIONS, { arguments: ['*'], afterDashes: true }),
  only(['go', 'vet|build|list|fmt'], GO_OPTIONS, { arguments: ['*'] }),
  only(['go', 'version'], '-m', { arguments: ['path'] }),
  only(['go', 'env'], '-json -changed', { arguments: ['*'] }),
  only(['gofmt|goimports'], '-l -d -w -s -e', { arguments: ['path'] }),
  tool('staticcheck'),
  tool('golangci-lint', 'run|fmt'),
  only(TASKS, `${JOBS} -k -B -s -n --silent --keep-going --dry-run`, { arguments: TARGETS }),
  ...JOBS.split(' ')
    .filter((option) => !option.includes('='))
    .map((option) => only([TASKS[0] ?? '', option, TASKS[1] ?? ''], '-k -s --silent', { arguments: TARGETS })),
  only(
    ['mvn|./mvnw', 'test|check|verify|compile|test-compile'],
    '-q -B -o -e -am -ntp --quiet --batch-mode --offline --no-transfer-progress -pl=* -DskipITs',
    { arguments: ['test', 'verify', 'compile'] },
  ),
  only(
    ['gradle|./gradlew', 'test|check|build|assemble|compileJava|compileTestJava'],
    '-q --quiet --offline --no-daemon --info --stacktrace --console=plain --continue --rerun-tasks --tests=*',
    { arguments: ['test', 'check', 'build'] },
  ),
  only(['ctest'], `${JOBS} -V -VV -N --output-on-failure -R=* -E=* -L=* --test-dir=path --timeout=number -C=*`),
  only(['cmake', '--build'], `${JOBS} --target=* --config=* --parallel=number -t=*`, { arguments: ['path'] }),
  only(['meson', 'test|compile'], '-C=path -v --verbose --print-errorlogs --suite=* --no-rebuild -q', {
    arguments: ['*'],
  }),
];

/** Type checks, tests and linters. What they run is the repository's own code: the sandbox holds it, not a rule. */
export const CHECK_RULES: readonly CommandRule[] = [...NODE_RULES, ...PYTHON_RULES, ...OTHER_RULES];
