import fc from 'fast-check';
import type { CommandRule } from '../../index.ts';
import { WORKSPACE } from './judge.ts';

/** Commands that are near the border, from both sides; random changes are made to them. */
const SEEDS =
  `npm test|npm run x -- --flag|npx vitest run|npm exec -- eslint .|pnpm run test --x|yarn jest --ci|node --test a.test.ts|node scripts/x.js --y|node -e 1
pytest -q tests/x.py::test|python3 -m pytest -k x|python manage.py test|python3 -c 1|coverage run -m pytest|cargo test --all -- --nocapture|cargo clippy -- -D warnings|go test -run=TestC -v ./...|go vet ./...
tsc --noEmit -p x|eslint --fix .|make -j4 test|make test lint|cmake --build build|ctest -R x|gradle test --offline|mvn test|just test|tox -e py|c8 --reporter=text mocha
git status -s|git diff HEAD~1 -- a|git log --oneline -10|git show HEAD:a|git branch --list x|git tag -l x|git blame -L 1,5 a|git -c a=b status|git push origin x
ls -la src|cat a b|cat -- -rf|head -n 20 a|tail -20 a|grep -rn x src|grep -e x a|rg -n x --glob *.ts|find . -name x -type f|find . -exec x ;|sort -u a|uniq -c|diff -u a b|du -sh .|stat -c x a|date +%F|tree -L 2|wc -l a|file a|cut -d x -f 1 a
env CI=1 npm test|env PYTHONPATH=src pytest|timeout 5 cargo test|timeout -k 1 5 ls|nice -n 5 make test|nohup ls|npx c8 mocha|poetry run pytest|uv run python -m pytest|env timeout 5 npx jest|sudo ls|bash -c ls|rm -rf a|xargs rm`
    .split(/[|\n]/)
    .map((line) => line.split(' '));

const DANGERS =
  '-e -c -C -p -r -o -O -f -F -i -n -x -z -I -S -T -w --eval --exec -exec -delete -ok --output --output=x --pre --pre=x --import --import=x --require -c=x -- - --config --toolexec -toolexec -ldflags=x --rulesdir --init-hook=1 --wrapper --no-index --ext-diff --git-dir=x --work-tree --script-shell=x --list -l -D -m -v -V --version --test --followed --follow --checkpoint-action=exec=x sh bash rm sudo sed awk env node python xargs git PATH=x CI=1 LD_PRELOAD=x NODE_OPTIONS=-r GIT_PAGER=x timeout nice npx c8 5 * ** . .. / ~ $(id) `id` ; && | > exec inspect run'.split(
    ' ',
  );

const PATHS =
  `/etc/shadow /etc/../etc/passwd ../x ../../x a/../../x ./a a/b.js **/*.js a//b ${WORKSPACE} ${WORKSPACE}/a ${WORKSPACE}/../x ${WORKSPACE}x /home/ada /proc/self/root ~/.ssh ./git bin/git /usr/bin/git /usr/bin/env /bin/sh node_modules/.bin/jest .venv/bin/python ./node_modules/.bin/../x link/../x ./gradlew /tmp/node_modules/.bin/jest`.split(
    ' ',
  );

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.stringMatching(/^-{1,2}[a-zA-Z_.=-]{0,8}$/),
  fc.constantFrom('', '\0', '\n', 'a\0b', 'a\nb', ' ', 'a b', '\r', '-\n', '\\', '\u200b', 'é'),
);

/** Paths of all kinds. */
export const paths: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...PATHS),
  fc
    .array(
      fc.constantFrom('a', 'b', '.', '..', '', 'node_modules', '.bin', 'etc', 'home', 'ada', 'work', 'git', '*', '~'),
      { minLength: 1, maxLength: 7 },
    )
    .chain((names) =>
      fc.constantFrom(
        names.join('/'),
        `/${names.join('/')}`,
        `${WORKSPACE}/${names.join('/')}`,
        `./${names.join('/')}`,
      ),
    ),
);

const seed = fc.constantFrom(...SEEDS);
const vocabulary = [...new Set(SEEDS.flat())];
const anyWord = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...vocabulary) },
  { weight: 4, arbitrary: fc.constantFrom(...DANGERS) },
  { weight: 2, arbitrary: paths },
  { weight: 1, arbitrary: text },
);

type Change = (words: string[], at: number, word: string) => void;
const changes: readonly Change[] = [
  (words, at, word) => words.splice(at, 0, word),
  (words, at, word) => words.splice(at, 1, word),
  (words, at) => words.splice(at, 1),
  (words, at) => words.splice(at, 0, words[at] ?? ''),
  (words, at, word) => words.splice(at, 1, `${words[at] ?? ''}${word}`),
  (words, at, word) => words.splice(at, 1, `${words[at] ?? ''}=${word}`),
  (words, at) => words.splice(at, 2, words.slice(at, at + 2).join('')),
  (words, at) => words.splice(at, 1, (words[at] ?? '').slice(0, -1)),
  (words, at) => words.splice(at, 1, `-${words[at] ?? ''}`),
  (words, at) => words.splice(at, 2, ...words.slice(at, at + 2).reverse()),
  (words) => words.unshift('env', 'CI=1'),
  (words) => words.unshift('timeout', '5'),
  (words) => words.unshift('npx'),
];

const changed = fc
  .tuple(seed, fc.array(fc.tuple(fc.constantFrom(...changes), fc.nat(9), anyWord), { maxLength: 3 }))
  .map(([words, steps]) => {
    const result = [...words];
    for (const [change, at, word] of steps) change(result, at % (result.length + 1), word);
    return result;
  });

/** Command lines: known ones with random changes, words of them in any order, and anything. */
export const commandLines: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 6, arbitrary: changed },
  { weight: 2, arbitrary: fc.array(anyWord, { maxLength: 6 }) },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 5 }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('cat', 'ls', 'head', 'git', 'find', 'diff', 'rg'),
        fc.array(paths, { minLength: 1, maxLength: 3 }),
      )
      .map(([program, words]) => [program, ...words]),
  },
);

const few = ['x', 'y', 'ls', 'env', 'npx', 'run', 'a', 'b', 'c', './t', '/usr/bin/x'];
const options = [
  '-a',
  '-b',
  '-ab',
  '-ex',
  '--long',
  '--lo',
  '--long=path',
  '--long=*',
  '-a=number',
  '-b=a|b',
  '--n=number',
  '-ex=*',
  '**',
];
const kinds = ['*', 'path', 'a', 'b', '*.js', '**/*.js', 'a/**', '{a,b}', 'a?'];
const list = (values: readonly string[], maxLength: number) => fc.array(fc.constantFrom(...values), { maxLength });

/** Rules of a few words, so that they meet the commands of {@link fewWords}. */
export const someRules: fc.Arbitrary<CommandRule[]> = fc.array(
  fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({
        exact: fc.array(fc.constantFrom(...few, '-a'), { minLength: 1, maxLength: 3 }),
        decision: fc.constantFrom('allow' as const, 'ask' as const, 'deny' as const),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record(
        {
          run: fc
            .tuple(fc.constantFrom(...few, 'x|y'), list(['run', 'a', 'a|b', '*', '-a'], 2))
            .map(([first, more]) => [first, ...more]),
          decision: fc.constantFrom(
            'allow' as const,
            'allow' as const,
            'allow' as const,
            'ask' as const,
            'deny' as const,
          ),
          from: fc.constantFrom('system' as const, 'anywhere' as const),
          options: list(options, 3),
          arguments: list(kinds, 2),
          afterDashes: fc.constantFrom(false, true, 'arguments' as const),
          rest: fc.boolean(),
        },
        { requiredKeys: ['run', 'decision'] },
      ),
    },
  ),
  { maxLength: 5 },
);

/** Commands of few words. */
export const fewWords: fc.Arbitrary<string[]> = fc
  .tuple(
    list(['env', 'npx', 'timeout', '5', 'nice', 'A=b', 'CI=1'], 2),
    fc.constantFrom(...few),
    fc.array(
      fc.oneof(
        fc.constantFrom(
          ...few,
          '-a',
          '-b',
          '-ab',
          '-ba',
          '-a=1',
          '-a1',
          '--long',
          '--long=a',
          '--lon',
          '--lo',
          '-long',
          '--ex',
          '-ex',
          '-ex=a',
          '--',
          '-',
          '5',
          'a.js',
          'd/a.js',
          '..',
          '/etc',
          '--n',
          '--n=5',
        ),
        paths,
      ),
      { maxLength: 5 },
    ),
  )
  .map(([wrappers, program, words]) => [...wrappers, program, ...words]);

/** Commands made of the words of one of the rules, in their order, and now and then of others. */
export function nearRules(rules: readonly CommandRule[]): fc.Arbitrary<string[]> {
  const usable = rules.filter(({ run, exact }) => run !== undefined || exact !== undefined);
  if (usable.length === 0) return fewWords;
  const odd = fc.oneof(fc.constantFrom(...few, '-a', '-b', '-ab', '--', '-', '--lo', '..', '/etc', '5'), paths);
  const sometimes = fc.tuple(fc.nat(7), odd);
  return fc
    .tuple(
      fc.constantFrom(...usable),
      list(['env', 'npx', 'nice', 'CI=1'], 2),
      fc.array(fc.tuple(fc.nat(20), sometimes), { maxLength: 5 }),
      fc.boolean(),
    )
    .map(([rule, wrappers, picks, wrapped]) => {
      const first = (rule.exact ?? rule.run ?? []).map((word, at) =>
        rule.exact === undefined ? pick(word.split('|'), (picks[at]?.[0] ?? 0) + at).replace('*', 'a') : word,
      );
      const more =
        rule.exact === undefined
          ? picks.flatMap(([number, [chance, other]]) => (chance === 0 ? [other] : ofRule(rule, number, other)))
          : [];
      return [...(wrapped ? wrappers : []), ...first, ...more];
    });
}

function pick<T>(values: readonly T[], number: number): T {
  return values[number % values.length] as T;
}

function ofRule(
  { options: own = [], arguments: kindsOfRule = [], afterDashes }: CommandRule,
  number: number,
  other: string,
): string[] {
  const words = [...own, ...kindsOfRule, ...(afterDashes ? ['--'] : [])];
  if (words.length === 0) return [];
  const word = pick(words, number);
  if (word === '**') return ['-z'];
  if (!word.startsWith('-'))
    return [
      word === '*' || word === 'path'
        ? other
        : word.replaceAll('**', 'd').replaceAll(/[*?]/g, 'b').replace('{a,b}', 'b'),
    ];
  const [name = '', kind] = word.split('=');
  if (kind === undefined) return [name];
  const value = kind === 'number' ? '5' : kind === 'a|b' ? 'b' : other;
  return number % 2 === 0 ? [`${name}=${value}`] : [name, value];
}
