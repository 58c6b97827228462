import type { CommandRule } from './sandbox-policy.ts';

/** A command that only reads: these options, and paths inside the workspace. */
const read = (run: string | string[], options: string, more: Partial<CommandRule> = {}): CommandRule => ({
  run: typeof run === 'string' ? [run] : run,
  decision: 'allow',
  options: options.split(' ').filter((option) => option !== ''),
  arguments: ['path'],
  afterDashes: 'arguments',
  ...more,
});
const bare = { arguments: [], afterDashes: false } as const;

const COUNTS = '-1 -2 -3 -5 -10 -20 -30 -50 -100';

const GIT_READS =
  'status|log|show|diff|blame|shortlog|describe|rev-parse|rev-list|ls-files|ls-tree|cat-file|merge-base|name-rev';
const GIT_OPTIONS = `${COUNTS} --oneline --stat --numstat --shortstat --name-only --name-status --short -s -sb --porcelain --porcelain=v1|v2 --branch -b --graph --all --cached --staged --no-color --color=never|always|auto --abbrev-ref --show-toplevel --show-prefix --is-inside-work-tree --is-ancestor --verify --quiet -q -p --patch --no-patch -n=number --max-count=number --format=* --pretty=* --since=* --until=* --after=* --before=* --author=* --grep=* --no-merges --merges --first-parent --reverse --follow --decorate --no-decorate --word-diff --check --diff-filter=* --no-renames --ignore-all-space -w -e -t -r -sn --tags --always --dirty --long --others --modified --deleted --exclude-standard --unified=number --abbrev=number --count --left-right -L=* --date=*`;

const GREP_OPTIONS =
  '-r -R -n -i -l -L -c -w -x -v -E -F -P -o -h -H -s -q -I -a -rn -nr -rni -rin -nri -in -ni -ri -ir -rl -lr -rli -ril -rnw -rnE -nE -rE -rF -rnF -rnI -RIn -m=number -e=* -A=number -B=number -C=number --include=* --exclude=* --exclude-dir=* --color=never|always|auto --line-number --recursive --ignore-case --max-count=number';

/** Reading, without the options by which a reader writes or runs something, and without names outside of the workspace. */
export const READING_RULES: readonly CommandRule[] = [
  read('true|false', '', bare),
  read('echo', '-n -e', { arguments: ['*'], afterDashes: false }),
  read('printf', '', { arguments: ['*'], afterDashes: false }),
  read('pwd|whoami|nproc|hostname', '', bare),
  read('id', '-u -g -un -gn', bare),
  read('uname', '-a -m -s -r', bare),
  // A word without + would set the clock.
  read('date', '-u -I -R --iso-8601=date|hours|minutes|seconds --utc', { arguments: ['+*'], afterDashes: false }),
  read('which', '-a', { arguments: ['*'], afterDashes: false }),
  read(
    'ls',
    '-l -a -A -d -h -t -r -S -F -R -1 -i -p -la -al -lA -lh -lah -alh -lha -lt -ltr -lR -a1 -1a --color=never',
  ),
  read('cat', '-n -b -s -A -v'),
  read('nl|tac', ''),
  read('stat', '-c=* --format=* --printf=* -L -f'),
  read('file', '-b -i -L --mime-type --brief'),
  read('sha256sum|sha1sum|sha512sum|md5sum|cksum', '-b -c --check'),
  read('basename|dirname', ''),
  read('realpath|readlink', '-f -e -m -s'),
  read('du', '-s -h -sh -a -c -b -k -m -d=number --max-depth=number'),
  read('diff', '-u -r -q -N -w -b -B -i -y -ru -ur -rq -qr -ruN -U=number --brief --color=never'),
  read('cmp', '-l -s -b'),
  read('head', `${COUNTS} -n=number -c=number -q -v`),
  read('tail', `${COUNTS} -n=number -c=number -q -v`),
  read('wc', '-l -w -c -m -L'),
  read('cut', '-d=* -f=* -c=* -s'),
  read('sort', '-u -n -r -f -h -V -b -s -k=* -t=*'),
  // Its second argument would be written.
  read('uniq', '-c -d -u -i', bare),
  read('comm', '-1 -2 -3 -12 -13 -23'),
  read('tree', `-a -d -f -i -L=number -I=* -P=* --noreport`),
  read('grep|egrep|fgrep', GREP_OPTIONS),
  read(
    'rg',
    '-n -i -l -c -w -v -F -o -S -U -s -x -ni -in -nw --files --hidden --no-ignore --json --no-heading --line-number --ignore-case --files-with-matches --count --vimgrep --fixed-strings --word-regexp --multiline -e=* -g=* -t=* -T=* -A=number -B=number -C=number -m=number --glob=* --type=* --max-count=number --color=never|always|auto --sort=path',
  ),
  read(
    'find',
    '-name=* -iname=* -path=* -ipath=* -regex=* -type=f|d|l -maxdepth=number -mindepth=number -newer=path -size=* -mtime=* -mmin=* -empty -print -print0 -prune -not -o -a -or -and',
    { afterDashes: false },
  ),
  read('fd|fdfind', '-e=* -t=f|d|l -H -I -d=number --extension=* --type=f|d|l --hidden --no-ignore --max-depth=number'),
  read(['git', GIT_READS], GIT_OPTIONS),
  read(['git', '--no-pager', GIT_READS], GIT_OPTIONS),
  // With a name, these make a branch or a tag.
  read(['git', 'branch'], '--list --all --remotes --verbose --show-current -a -r -v -vv -av -vva --no-color', bare),
  read(['git', 'branch', '--list'], '--all --remotes -a -r -v -vv', { afterDashes: false }),
  read(['git', 'tag'], '--list -l', bare),
  read(['git', 'tag', '--list|-l'], '-n --sort=*', { afterDashes: false }),
  read(['git', 'remote'], '-v --verbose', bare),
  read(['git', 'stash', 'list'], '', bare),
  read(['git|rg|grep|find|diff|ls|cat', '--version'], '', bare),
];
