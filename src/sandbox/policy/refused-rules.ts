import type { CommandRule } from './sandbox-policy.ts';

const deny = (reason: string, run: string | string[], options?: string): CommandRule => ({
  run: typeof run === 'string' ? [run] : run,
  decision: 'deny',
  reason,
  ...(options === undefined ? {} : { options: options.split(' ') }),
});

const INLINE = 'inline code cannot be judged';
const PYTHON = 'python|python2|python3|python3.9|python3.10|python3.11|python3.12|python3.13|python3.14|pypy|pypy3';
const REPLACES = 'it runs another program in place of a tool';

/** What runs code that nobody can see from outside, or leaves the sandbox's user behind. */
export const REFUSED_RULES: readonly CommandRule[] = [
  deny('it changes the user', 'sudo|sudoedit|doas|su|pkexec|runuser|setpriv|newgrp|sg'),
  deny('it changes namespaces or roots', 'unshare|nsenter|chroot|bwrap|firejail|mount|umount|systemd-run|machinectl'),
  deny('it outlives what started it', 'setsid|daemonize|start-stop-daemon|disown'),
  deny('it reaches other machines', 'ssh|scp|sftp|rsync|nc|ncat|netcat|socat|telnet|ftp|tftp'),
  deny('it drives containers or machines outside', 'docker|podman|nerdctl|kubectl|virsh|vagrant'),
  deny(
    'a shell reads text that no rule can judge',
    'sh|bash|rbash|dash|zsh|ksh|mksh|fish|ash|tcsh|csh|busybox|toybox|cmd|powershell|pwsh',
  ),
  deny('it makes commands of its input', 'xargs|parallel|entr|watch|script|expect|screen|tmux|at|batch|crontab'),
  deny('it opens a shell for people', 'vi|vim|view|nvim|emacs|nano|ed|ex|less|more|most|man|gdb|lldb'),
  deny('awk and sed programs can run commands', 'awk|gawk|mawk|nawk|sed|gsed'),
  deny(
    INLINE,
    'node|nodejs|bun|tsx|ts-node',
    '-e --eval -p --print -r --require --import --loader --experimental-loader -i --interactive --input-type --env-file --env-file-if-exists --inspect --inspect-brk --inspect-wait --build-sea --experimental-sea-config --build-snapshot --snapshot-blob --preload',
  ),
  deny(INLINE, PYTHON, '-c'),
  deny(INLINE, [PYTHON, '-m', 'pylint'], '--init-hook'),
  deny(REPLACES, [PYTHON, '-m', 'mypy'], '--python-executable --install-types'),
  deny(REPLACES, [PYTHON, '-m', 'pyright|basedpyright'], '--pythonpath'),
  deny(INLINE, 'perl|ruby|lua|luajit|php|Rscript|julia|elixir|osascript', '-e -E -r -i --eval --execute'),
  deny(INLINE, ['deno', 'eval|repl|task|run|jupyter']),
  deny(INLINE, 'make|gmake', '--eval -E'),
  deny(INLINE, 'just', '-c --command --shell --shell-arg'),
  deny(INLINE, 'pylint', '--init-hook'),
  deny(INLINE, 'mocha', '-n --node-option --import --loader --experimental-loader'),
  deny(INLINE, 'ava|tap', '--node-arguments --node-arg'),
  deny(INLINE, 'vitest', '--execArgv --poolOptions --exec-argv --pool-options'),
  deny(INLINE, 'tox', '-x --override'),
  deny('it loads rules from any folder', 'eslint', '--rulesdir --resolve-plugins-relative-to'),
  deny(
    'it runs commands for what it finds',
    'find',
    '-exec -execdir -ok -okdir -delete -fprint -fprint0 -fprintf -fls',
  ),
  deny('it runs commands for what it finds', 'fd|fdfind', '-x -X --exec --exec-batch'),
  deny('it runs a command on what it reads', 'rg', '--pre --hostname-bin -z --search-zip'),
  deny('it writes or runs a program', 'sort', '-o --output --compress-program'),
  deny('it sets the clock', 'date', '-s --set'),
  deny(
    'it can run commands',
    'tar|bsdtar|gtar',
    '--checkpoint-action --to-command --use-compress-program -I --rsh-command --info-script --new-volume-script -F',
  ),
  deny('it runs any command', ['cmake', '-E|-P']),
  deny(REPLACES, 'ctest', '--build-and-test --test-command -S -SP -D --script'),
  deny(REPLACES, ['meson', 'test'], '--wrapper --wrap --gdb --gdb-path'),
  deny(REPLACES, 'mypy', '--python-executable --install-types'),
  deny(REPLACES, 'pyright|basedpyright', '--pythonpath'),
  deny(
    'its settings run commands',
    'git',
    '-c --config-env --exec-path -C --git-dir --work-tree --upload-pack --receive-pack --ext-diff --textconv -O --open-files-in-pager --output --no-index',
  ),
  deny('its settings run commands', 'cargo', '--config -Z --open'),
  deny('its settings run commands', 'npm|pnpm|yarn', '--script-shell --userconfig --globalconfig'),
  deny(REPLACES, 'go', '-exec -toolexec -overlay -vettool -modfile -ldflags -gccgoflags -C -w'),
  deny('it opens something for people', 'open|xdg-open|gio'),
];
