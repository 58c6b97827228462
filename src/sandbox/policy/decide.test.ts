import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permission } from '../../kernel/index.ts';
import type { CommandRule } from '../index.ts';
import { judge, otherwise } from './testing/judge.ts';

const allow = (...run: string[]): CommandRule => ({ run, decision: 'allow', options: ['**'], arguments: ['*'] });
const deny = (...run: string[]): CommandRule => ({ run, decision: 'deny' });
const ask = (...run: string[]): CommandRule => ({ run, decision: 'ask' });

test('what no rule allows is denied, and without rules that is everything', () => {
  assert.deepEqual(judge('true', { rules: [] }), {
    kind: 'deny',
    reason: 'no rule of the policy allows true',
    by: 'default',
  });
});

test('deny beats ask beats allow, whatever their order', () => {
  for (const rules of [
    [deny('git'), ask('git'), allow('git')],
    [allow('git'), ask('git'), deny('git')],
  ])
    assert.equal(judge('git status', { rules, headless: false }).kind, 'deny');
  for (const rules of [
    [ask('git'), allow('git')],
    [allow('git'), ask('git')],
  ])
    assert.equal(judge('git status', { rules, headless: false }).kind, 'ask');
});

test('ask is deny where nobody can answer, and the reason is told', () => {
  const rules = [{ ...ask('git', 'push'), reason: 'it leaves the machine' }];
  assert.deepEqual(judge('git push', { rules }), {
    kind: 'deny',
    reason: 'the policy asks before git push, and nobody is there to answer: it leaves the machine',
    by: 'rule',
  });
  assert.deepEqual(judge('git push', { rules, headless: false }), {
    kind: 'ask',
    reason: 'the policy asks before git push: it leaves the machine',
    rule: rules[0],
  });
});

test('a rule with all the words of a command speaks first, and there too deny wins', () => {
  const exact = { exact: ['node', '-e', '1'], decision: 'allow' } as const;
  const rules: CommandRule[] = [{ ...deny('node'), options: ['-e'] }, exact];
  assert.deepEqual(judge('node -e 1', { rules }), { kind: 'allow', rule: exact });
  assert.equal(judge('node -e 2', { rules }).kind, 'deny');
  assert.equal(judge('node -e 1 2', { rules }).kind, 'deny');
  const both: CommandRule[] = [exact, { ...exact, decision: 'deny' }];
  assert.equal(judge('node -e 1', { rules: both }).kind, 'deny');
  const find = () => '/home/ada/work/node';
  assert.equal(judge('node -e 1', { rules, find }).kind, 'deny', 'a program of the workspace');
});

test('a refusing rule finds its words behind options and their values', () => {
  const rules = [allow('git'), deny('git', 'push'), deny('git', 'remote', 'add')];
  assert.deepEqual(
    otherwise(
      [
        'git push',
        '/usr/bin/git push',
        'git --no-pager push',
        'git -C x push',
        'git -C push push',
        'git -v -C a -c b push origin',
        'git remote -v add x',
        'git --x remote remote add',
      ],
      'deny',
      { rules },
    ),
    [],
  );
  assert.deepEqual(otherwise(['git log push', 'git remote', 'git log', 'git remote show add'], 'allow', { rules }), []);
});

test('a refusing rule finds its option however it is spelt', () => {
  const rules: CommandRule[] = [
    allow('x'),
    { run: ['x'], decision: 'deny', options: ['-e', '--output', '-exec', '--dry-run=*'] },
  ];
  const spellings = [
    '-e',
    '-ecode',
    '-ae',
    '-abe',
    '--output',
    '--output=f',
    '--outp',
    '--outp=f',
    '--o',
    '-output',
    '-exec',
    '--exec',
    '-exec=f',
    '--exec=f',
    '--dry_run',
    '--dry-run',
    '--dry',
    '--output.to=f',
  ];
  assert.deepEqual(
    otherwise(
      spellings.flatMap((word) => [`x ${word}`, `x a ${word} b`, `x -- ${word}`]),
      'deny',
      { rules },
    ),
    [],
  );
  assert.deepEqual(
    otherwise(['x', 'x e', 'x -a', 'x --input', 'x --outputs', 'x -a=e', 'x exec'], 'allow', { rules }),
    [],
  );
});

test('an allowing rule fits only what is spelt as it says', () => {
  const rules: CommandRule[] = [
    {
      run: ['x', 'a|b'],
      decision: 'allow',
      options: ['-v', '--flag', '--to=path', '-n=number', '--mode=fast|slow'],
      arguments: ['path'],
    },
  ];
  assert.deepEqual(
    otherwise(
      [
        'x a',
        'x b -v f',
        'x a f --flag',
        'x a --to=f',
        'x a --to f',
        'x a -n 5',
        'x a --mode=slow',
        'x a --mode slow g',
      ],
      'allow',
      { rules },
    ),
    [],
  );
  assert.deepEqual(
    otherwise(
      [
        'x',
        'x c',
        'x ab',
        'x a|b',
        'x -v a',
        'x a -vv',
        'x a -v=1',
        'x a --fla',
        'x a --flag=1',
        'x a --to',
        'x a --to=/f',
        'x a --to=../f',
        'x a --to -v',
        'x a --to=',
        'x a -n5',
        'x a -n=5',
        'x a -n x',
        'x a -n',
        'x a --mode=quick',
        'x a --mode',
        'x a --',
        'x a -- f',
        'x a /f',
        'y a',
        'X a',
      ],
      'deny',
      { rules },
    ),
    [],
  );
});

test('what may follow two dashes is said by the rule', () => {
  const rule: CommandRule = { run: ['x'], decision: 'allow', arguments: ['path'] };
  const judged = (afterDashes: CommandRule['afterDashes'] & {}) =>
    otherwise(['x -- -v', 'x --', 'x -- /etc'], 'deny', { rules: [{ ...rule, afterDashes }] });
  assert.deepEqual(judged(false), []);
  assert.deepEqual(judged('arguments'), ['x -- -v', 'x --']);
  assert.deepEqual(judged(true), ['x -- -v', 'x --', 'x -- /etc']);
});

test('a script must be there, and takes what follows', () => {
  const rules: CommandRule[] = [
    { run: ['x'], decision: 'allow', options: ['-v'], arguments: ['**/*.js'], rest: true, afterDashes: true },
  ];
  assert.deepEqual(otherwise(['x a.js', 'x -v ./b/a.js --any -e /etc', 'x a.js -- x'], 'allow', { rules }), []);
  assert.deepEqual(
    otherwise(
      [
        'x',
        'x -v',
        'x -',
        'x -- a.js',
        'x -- -e',
        'x a.ts',
        'x -e a.js',
        'x /a.js',
        'x ../a.js',
        'x b//a.js',
        'x b/../a.js',
      ],
      'deny',
      { rules },
    ),
    [],
  );
});

test('a word of the rule may stand for any one word that is no option', () => {
  const rules: CommandRule[] = [{ run: ['x', 'run', '*'], decision: 'allow' }];
  assert.deepEqual(otherwise(['x run a', ['x', 'run', 'a b']], 'allow', { rules }), []);
  assert.deepEqual(otherwise(['x run', 'x run -a', 'x run -', 'x run a b', ['x', 'run', '']], 'deny', { rules }), []);
});

test('a rule may name a program by its path', () => {
  const rules: CommandRule[] = [
    { run: ['./tools/check'], decision: 'allow' },
    { run: ['/opt/x/lint'], decision: 'allow' },
  ];
  assert.deepEqual(
    otherwise(['./tools/check', 'tools/check', '/home/ada/work/tools/check', '/opt/x/lint'], 'allow', { rules }),
    [],
  );
  assert.equal(judge('../tools/check', { rules, folder: 'src' }).kind, 'allow');
  assert.deepEqual(
    otherwise(['check', './check', 'lint', './tools/./../tools/check', '/opt/x/../x/lint'], 'deny', { rules }),
    [],
  );
  const refusing = { rules: [allow('./tools/check'), deny('tools/check')] };
  assert.equal(judge('./tools/check', refusing).kind, 'deny');
});

test('wrappers are judged too, and are never what is allowed', () => {
  const rules = [allow('ls'), allow('env'), allow('vitest')];
  assert.equal(
    judge('timeout 5 npx vitest', { rules: [...rules, { run: ['vitest'], decision: 'allow', from: 'anywhere' }] }).kind,
    'allow',
  );
  assert.equal(judge('npx vitest', { rules }).kind, 'deny', 'a rule for programs of the system only');
  assert.equal(judge('env rm', { rules }).kind, 'deny');
  assert.equal(judge('timeout 5 ls', { rules: [...rules, deny('timeout')] }).kind, 'deny');
  assert.equal(judge('nice nohup ls', { rules: [...rules, deny('nohup')] }).kind, 'deny');
  assert.equal(judge('nice nohup ls', { rules: [...rules, ask('nohup')], headless: false }).kind, 'ask');
  assert.equal(judge('nice ls', { rules: [...rules, { exact: ['ls'], decision: 'deny' }] }).kind, 'deny');
});

test('a permission above the policy refuses and never widens', () => {
  const only = (...commands: string[]) => ({ permission: permission({ commands }) });
  assert.deepEqual(judge('git status', only('npm test')), {
    kind: 'deny',
    reason: 'not permitted to run "git status"; allowed: npm test',
    by: 'permission',
  });
  assert.equal(judge('npm test', only('npm test')).kind, 'allow');
  assert.equal(judge('npm test', only()).kind, 'deny');
  assert.equal(judge('timeout 5 npm test', only('npm test')).kind, 'deny');
  assert.equal(judge('rm -rf x', only('**')).kind, 'deny', 'everything is permitted, the policy still refuses');
  assert.equal(judge('git push', { ...only('git **'), rules: [] }).kind, 'deny');
  const narrowed = permission({ commands: ['**'] }).narrow({ commands: ['ls'] });
  assert.equal(judge('git status', { permission: narrowed }).kind, 'deny');
  assert.equal(judge('git push', { ...only('git **'), rules: [ask('git')], headless: false }).kind, 'ask');
});

test('a long command is cut in the reason', () => {
  const verdict = judge(['rm', 'x y', 'z'.repeat(500)]);
  assert.equal(verdict.kind, 'deny');
  assert.match('reason' in verdict ? verdict.reason : '', /^no rule of the policy allows rm "x y" z{100,}…$/);
});
