import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STANDARD_POLICY } from '../index.ts';
import { judge, lines, otherwise } from './testing/judge.ts';

test('tricks with the options of allowed programs are refused', () => {
  const commands = lines(`
    git -c core.fsmonitor=./x status
    git -ccore.fsmonitor=./x status
    git --config-env=core.pager=X log
    git --exec-path=. status
    git -C /etc status
    git --git-dir=/x status
    git --work-tree / status
    git -p log
    git commit -m x
    git push
    git clone u
    git config core.pager x
    node -e 1
    node -p 1
    node -pe 1
    node -e1
    node --eval=1
    node --print 1
    node -r ./x.js a.js
    node --require=./x.js a.js
    node --import data:text/javascript,1 --test
    node --test --import=data:text/javascript,1
    node --test -r ./x
    node --experimental_loader ./x a.js
    node --env-file=.env a.js
    node --input-type=module
    node --inspect a.js
    node
    node -
    node inspect a.js
    node /etc/passwd.js
    node ../x.js
    node --title x a.js
    npx tsx -e 1
    tsx -
    tsx
    python
    python3 -
    python3 -c 1
    python3 -c1
    python3 -Ic 1
    python3 -m timeit 1
    python3 -mtimeit 1
    python3 -m http.server
    python3 -m pip install x
    python3 -m pylint --init-hook=1 a.py
    pylint --init-hook 1
    pylint --init-h=1
    python -m mypy --python-executable=./x .
    python3 -m coverage run -m timeit 1
    coverage run -m timeit 1
    perl -e 1
    ruby -e 1
    deno eval 1
    deno run a.ts
    make test --eval=x
    make test -E x
    make test SHELL=/x
    make -f /etc/x test
    make test -C /etc
    just test --shell ./x
    cargo test --config build.rustc-wrapper=./x
    cargo test --conf=x
    cargo -Zunstable test
    cargo run
    cargo install x
    go test -exec ./x ./...
    go test --exec=./x ./...
    go test -exec=./x
    go vet -vettool=./x
    go build -toolexec ./x
    go build --toolexec=./x
    go build -ldflags=-extld=./x
    go build -overlay=x
    go env -w GOFLAGS=-toolexec=x
    go run .
    go generate ./...
    go tool x
    cmake -E env x
    cmake -P x
    ctest --build-and-test a b
    ctest -S x
    meson test --wrapper=./x
    mvn test exec:exec
    mvn test -Dexec.executable=x
    gradle test -I x
    mocha --node-option import=x
    mocha -n import=x
    yarn mocha -n import=x
    ava --node-arguments=x
    vitest run --poolOptions.forks.execArgv=--import=x
    eslint --rulesdir /etc .
    eslint --rulesd=/x .
    pnpm eslint --rulesdir /x .
    tox -x testenv.commands=x
    tox exec -- x
    npm test --script-shell=./x
    npm run test --script-sh ./x
    npm install
    npm publish
    npm explore x -- y
    npm exec vitest --call x
    yarn dlx x
    bun x evil
    bun run -
    pnpm dlx x
    pip install x
    tar --checkpoint=1 --checkpoint-action=exec=x
    tar -I x -cf a b
    awk BEGIN{}
    sed -n 1p a
    ssh -oProxyCommand=x h
    xargs rm
    curl x
    docker run x
    sudo ls
    su
    /usr/bin/sudo ls
    bash -c ls
    sh x.sh
    /bin/sh -c ls
    busybox sh
    vim x
    less x
    xxd in out
    setsid npm test
    rm -rf x
    chmod 777 x`);
  assert.ok(commands.length > 100);
  assert.deepEqual(otherwise(commands, 'deny'), []);
});

test('a policy that allows a program with everything still does not allow what the standard one refuses', () => {
  const programs = [
    'sudo|sudoedit|doas|su|pkexec|runuser|setpriv',
    'unshare|nsenter|chroot|bwrap|mount|systemd-run',
    'setsid|daemonize',
  ];
  programs.push(
    'ssh|scp|sftp|rsync|nc|ncat|socat|telnet',
    'docker|podman|kubectl',
    'sh|bash|dash|zsh|ksh|fish|busybox|pwsh|cmd',
  );
  programs.push(
    'xargs|parallel|watch|script|expect|tmux|at|crontab',
    'vi|vim|nano|less|man|gdb',
    'awk|gawk|sed',
    'open|xdg-open',
  );
  const commands = lines(`
    node -e 1
    node -p 1
    node --print 1
    node -r x a
    node --require x
    node --import x a
    node --loader x a
    node --experimental-loader x a
    node -i
    node --env-file=x a
    node --inspect=0.0.0.0 a
    bun -e 1
    bun --preload x
    tsx -e 1
    ts-node -p 1
    python -c 1
    python3.12 -Bc 1
    python3 -m pylint --init-hook=1
    python3 -m mypy --python-executable x
    python3 -m pyright --pythonpath x
    pylint --init-hook 1
    mypy --install-types
    pyright --pythonpath x
    perl -ne 1
    ruby -e 1
    php -r 1
    deno eval 1
    deno -q repl
    deno run a
    make --eval=x
    make -kE x
    just --shell x
    mocha -n x
    mocha --node-option=x
    ava --node-arguments=x
    vitest --poolOptions.forks.execArgv=x
    vitest --execArgv=x
    tox -x a=b
    tox --override a=b
    eslint --rulesdir x
    eslint --resolve-plugins-relative-to=x
    find . -exec x ;
    find . -execdir x ;
    find . -ok x ;
    find . -okdir x ;
    find . -delete
    find . -fprint x
    find . -fprintf x y
    find . -fls x
    fd -x rm
    fd -HX rm
    fd --exec-batch rm
    rg --pre x y
    rg --hostname-bin=x y
    rg -z y
    sort -o x y
    sort -uox y
    sort --output=x y
    sort --compress-program=x y
    date -s x
    date --set=x
    tar --checkpoint-action=exec=x
    tar -xI x
    tar --to-command=x
    tar --use-compress-program x
    cmake -E x
    cmake -P x
    ctest --build-and-test
    ctest -S x
    meson test --wrapper x
    git -c a=b status
    git --config-env=a=b status
    git --exec-path=x status
    git -C x status
    git --git-dir=x status
    git --work-tree=x status
    git fetch --upload-pack=x
    git push --receive-pack=x
    git diff --ext-diff
    git diff --textconv
    git grep -O x
    git grep --open-files-in-pager=x y
    git log --output=x
    git diff --no-index a b
    cargo --config x test
    cargo -Z x test
    cargo doc --open
    npm test --script-shell=x
    npm test --userconfig x
    go test -exec x
    go test --exec=x
    go test -toolexec x
    go vet -vettool=x
    go build -overlay x
    go build -modfile=x
    go build -ldflags x
    go build -gccgoflags x
    go -C x test
    go env -w x`);
  for (const line of [...commands, ...programs.flatMap((names) => names.split('|'))]) {
    const program = line.split(' ')[0] ?? '';
    const everything = {
      run: [program],
      decision: 'allow',
      from: 'anywhere',
      options: ['**'],
      arguments: ['*'],
      afterDashes: true,
    } as const;
    const rules = [...STANDARD_POLICY.commands, everything];
    const verdict = judge(line, { rules });
    assert.equal(verdict.kind === 'deny' && verdict.by, 'rule', line);
    assert.equal(judge(line, { rules: [everything] }).kind, 'allow', `${line} is allowed without the refusals`);
  }
});
