import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, lines, otherwise, WORKSPACE } from './testing/judge.ts';

const allowed = (text: string) => assert.deepEqual(otherwise(lines(text), 'allow'), []);
const refused = (text: string) => assert.deepEqual(otherwise(lines(text), 'deny'), []);

test('the checks of Node projects are allowed', () => {
  allowed(`
    npm test
    npm t
    npm run --silent typecheck
    npm run --silent test:ci
    npm run build -- --flag --config=x
    npm test -- -t name
    npm run test --workspace=packages/a
    npm --version
    npx vitest run
    npx --no-install tsc --noEmit -p tsconfig.json
    npx jest --coverage src/a.test.ts
    npm exec -- eslint .
    pnpm test
    pnpm run test --coverage
    pnpm exec vitest run
    pnpm vitest run
    yarn test
    yarn run test
    yarn jest --ci
    yarn lint
    pnpm typecheck
    yarn run -T tsc
    bun test
    bun run test
    node --test
    node --test src/a.test.ts
    node --test --test-reporter=spec --test-name-pattern=adds src
    node --experimental-strip-types --test test/a.test.ts
    node scripts/build.js --watch
    node ./scripts/build.mjs
    npx tsx scripts/check.ts
    npx c8 --reporter=text mocha
    npx nyc npm test
    c8 node --test
    tsc --noEmit
    tsc --noEmit --pretty false -p tsconfig.json
    ${WORKSPACE}/node_modules/.bin/tsc --noEmit --pretty false -p tsconfig.json
    ./node_modules/.bin/jest
    node_modules/.bin/vue-tsc --noEmit
    eslint .
    npx eslint --fix src --ext .ts
    biome check .
    prettier --check .
    deno test
    playwright test`);
});

test('the checks of Python, Rust, Go and other projects are allowed', () => {
  allowed(`
    pytest -q tests/x.py::test
    pytest -k name -x
    python3 -m pytest
    python -m pytest -rfE -p no:cacheprovider --continue-on-collection-errors --color=no --no-cov
    /usr/bin/python3 -m mypy --no-pretty --show-error-codes src
    /usr/local/bin/python3 -m pytest
    .venv/bin/python -m pytest
    ${WORKSPACE}/venv/bin/python3.12 -m unittest discover -s tests -t .
    python -W error -m pytest
    python manage.py test app
    poetry run pytest
    uv run pytest -q
    uv run python -m pytest
    pipenv run mypy src
    mypy .
    pyright
    ruff check .
    tox -e py312
    nox -s tests
    coverage run -m pytest
    coverage report
    cargo test --all -- --nocapture
    cargo check
    cargo clippy --all-targets -- -D warnings
    cargo fmt --check
    cargo nextest run
    go test ./...
    go test -run TestConfig -count=1 -v ./...
    go test -run=TestCode -race ./pkg/...
    go vet ./...
    go build ./...
    gofmt -l .
    make test
    make -j4 test
    make check lint
    just test
    ./gradlew test
    mvn test
    cmake --build build
    ctest --output-on-failure
    timeout 60 npm test
    timeout -k 5 60 cargo test
    nice -n 10 make test
    env NODE_ENV=test npx jest
    env PYTHONPATH=src RUST_BACKTRACE=1 timeout 5 pytest
    /usr/bin/env CI=1 npm test`);
});

test('looking around is allowed', () => {
  allowed(`
    git status
    git status --short --branch
    git diff
    git diff --stat HEAD~1
    git diff main..feature -- src/a.ts
    git log --oneline -10
    git log -n 5 --format=%H
    git show HEAD:src/a.ts
    git blame -L 1,5 src/a.ts
    git branch --show-current
    git branch --list feature/*
    git tag --list
    git ls-files
    git --no-pager diff
    ls
    ls -la src
    cat package.json src/a.ts
    cat -- -rf
    cat ${WORKSPACE}/a.txt
    head -n 20 a.txt
    tail -20 a.txt
    wc -l a.txt
    grep -rn needle src
    grep -e x src --include=*.ts
    rg -n needle src
    rg --files
    find . -name *.ts -type f
    find src -maxdepth 2 -not -path */x/*
    sort -u a.txt
    uniq -c
    diff -u a.txt b.txt
    du -sh .
    stat a.txt
    date +%Y-%m-%d
    which node
    echo hello
    pwd
    true`);
  assert.equal(judge('cat ../a.txt', { folder: 'src' }).kind, 'allow');
});

test('readers cannot write, run or leave the workspace', () => {
  refused(`
    cat /etc/shadow
    cat ../secrets
    cat src/../../secrets
    cat ~/.ssh/id_rsa
    cat -- /etc/shadow
    cat link/../../../etc/shadow
    grep -f /etc/shadow x
    grep root /etc/passwd
    head -n=/etc/shadow
    uniq in out
    sort -o out in
    sort -oout in
    sort -uo out in
    sort --output=out in
    sort --outp out in
    sort --compress-program=./x in
    tail -f a.txt
    tail --follow a.txt
    date -s 2020-01-01
    date --set=2020-01-01
    date 01010000
    hostname evil
    file -C -m magic
    tree -o out
    rg --pre ./x needle
    rg --pre=./x needle
    rg --hostname-bin=./x needle
    rg -z needle
    find . -exec touch x ;
    find . -execdir touch x +
    find . -ok rm x ;
    find . -delete
    find . -fprint out
    find . -fls out
    find . -newer /etc/passwd
    fd -x rm
    fd --exec=rm
    fd -Hx rm
    diff --to-file=/etc/passwd a
    git diff --output=x
    git diff --outp=x
    git log --output x
    git log --ext-diff -p
    git show --textconv HEAD
    git diff --no-index /etc/passwd /etc/shadow
    git diff /etc/passwd /etc/shadow
    git diff -- /etc/passwd /etc/shadow
    git grep -Ovi x
    git grep --open-files-in-pager=vi x
    git branch new
    git branch -D main
    git branch -l new
    git tag v1
    git tag -d v1
    git remote add o u
    git status --git-dir=x
    git blame --contents /etc/shadow a`);
});

test('wrappers are judged by what they run, and only in forms that are understood', () => {
  refused(`
    env
    env bash
    env rm x
    env -S ls
    env -i ls
    env -u A ls
    env --split-string=ls
    env PATH=/x git status
    env HOME=/x git status
    env XDG_CONFIG_HOME=/x git status
    env GIT_PAGER=x git log
    env GIT_CONFIG_COUNT=1 git log
    env LD_PRELOAD=x ls
    env RIPGREP_CONFIG_PATH=x rg y
    env NODE_OPTIONS=--require=./x node --test
    env PYTHONPATH=/tmp pytest
    env PYTHONPATH=../x pytest
    env BASH_ENV=x npm test
    env IFS=x npm test
    env A-B=c ls
    env a.b=c ls
    env UNKNOWN=1 ls
    timeout ls
    timeout 5
    timeout 5 rm x
    timeout --sig KILL 5 rm x
    timeout --k=5 5 ls
    timeout 5 env nice -n 1 rm x
    timeout 5 timeout 5 sh -c x
    nice rm x
    nice -n x ls
    nohup rm x
    time -o out ls
    time -f x ls
    stdbuf -o L ls
    ionice -p 1
    npx
    npx rm x
    npx -c ls
    npx -y vitest
    npx -p evil vitest
    npx --package=evil vitest
    npx vitest@latest
    npx github:evil/x
    npx node -e 1
    npx git status
    npx cat a
    npx env ls
    npx timeout 5 vitest
    npx /usr/bin/tsc
    npm exec -- git status
    npm exec vitest
    poetry run git status
    poetry run python -c 1
    uv run --with evil pytest
    uv run bash
    yarn exec rm
    pnpm exec -c ls
    c8 bash -c ls
    npx c8 --require=./x mocha
    c8 -r ./x mocha
    nyc sh
    nice nice nice nice nice nice nice nice nice ls`);
});

test('a program of the workspace does not pass for one of the system', () => {
  const inWorkspace = (name: string) => (name === 'vitest' ? undefined : `${WORKSPACE}/bin/${name}`);
  const system = (name: string) => `/opt/tools/bin/${name}`;
  assert.deepEqual(
    otherwise(['git status', 'ls', 'env ls', 'npx vitest', 'timeout 5 npm test'], 'deny', { find: inWorkspace }),
    [],
  );
  assert.deepEqual(
    otherwise(['git status', 'ls', 'env ls', 'npx vitest', '/opt/tools/bin/git status'], 'allow', { find: system }),
    [],
  );
  assert.deepEqual(otherwise(['npm test', 'jest', 'python -m pytest'], 'allow', { find: inWorkspace }), []);
  refused(`
    ./git status
    bin/git status
    ${WORKSPACE}/git status
    ./node_modules/.bin/git status
    ./node_modules/.bin/bash
    ./env ls
    ./npx vitest
    /opt/tools/bin/git status
    /tmp/node_modules/.bin/jest
    ../node_modules/.bin/jest
    /usr/bin/../../tmp/git status
    node_modules/x/../.bin/jest
    src/../gradlew test`);
});

test('odd words are refused whatever the rules say', () => {
  const odd = [[], [''], ['ls', 'a\0b'], ['ls\0'], ['npm test'], ['ls\nrm'], ['-rf'], ['\tls'], ['./a\nb']];
  for (const argv of odd) {
    const rules = argv[0] ? [{ run: [argv[0]], decision: 'allow' as const, options: ['**'], arguments: ['*'] }] : [];
    assert.equal(judge(argv, { rules }).kind, 'deny', JSON.stringify(argv));
  }
  assert.deepEqual(
    otherwise(
      [
        ['cat', 'a\nb'],
        ['cat', ''],
        ['cat', '-rf'],
        ['cat', '--help'],
        ['ls', '-rf'],
        ['cat', '~'],
      ],
      'deny',
    ),
    [],
  );
  // No shell reads the words, so these are plain text.
  assert.deepEqual(
    otherwise(
      [
        ['cat', '$(id)'],
        ['cat', '`id`'],
        ['cat', 'a b'],
        ['cat', '*'],
        ['echo', ';', 'rm'],
      ],
      'allow',
    ),
    [],
  );
});

test('a folder outside of the workspace is no place to run', () => {
  for (const folder of ['..', '../..', '../worker']) assert.equal(judge('ls', { folder }).kind, 'deny', folder);
  assert.equal(judge('ls', { folder: 'src/deep' }).kind, 'allow');
});

test('a tool in a workspace with a space in its path is found', () => {
  const workspace = '/home/ada/my work';
  const argv = [`${workspace}/node_modules/.bin/tsc`, '--noEmit'];
  assert.equal(judge(argv, { workspace }).kind, 'allow');
  assert.equal(judge(argv).kind, 'deny');
});
