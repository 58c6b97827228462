import type { Permission } from '../../kernel/index.ts';
import { fitsExactly, fitsLoosely, type JudgedCommand } from './match-rule.ts';
import type { CommandRule, SandboxPolicy } from './sandbox-policy.ts';
import { unwrap } from './unwrap.ts';

/** What a policy says about one command. */
export type Verdict =
  | { kind: 'allow'; rule: CommandRule }
  /** A person has to say. */
  | { kind: 'ask'; reason: string; rule: CommandRule }
  /** `by`: a rule that refuses it, the want of one that allows it, or the permission above the policy. */
  | { kind: 'deny'; reason: string; by: 'rule' | 'default' | 'permission' };

/** What {@link decide} goes by besides the policy. */
export interface DecideOptions {
  /** Nobody can be asked: `ask` becomes `deny`. */
  headless: boolean;
  /** What the task may do in all. A policy only narrows it. */
  permission?: Permission;
  /** Where a program would be found; absolute. Default: nobody has looked. */
  find?: (name: string) => string | undefined;
}

/**
 * Judges a command: the permission first, then the policy on the command inside all wrappers. Deny beats ask beats allow;
 * a command that no rule fits is denied. Refusing rules fit however an option is spelt, allowing ones only as written.
 */
export function decide(
  policy: Pick<SandboxPolicy, 'commands'>,
  command: Omit<JudgedCommand, 'program'>,
  { headless, permission, find }: DecideOptions,
): Verdict {
  const { argv } = command;
  const problem = wordProblem(argv);
  if (problem !== undefined) return { kind: 'deny', reason: problem, by: 'default' };
  const permitted = permission?.allows({ kind: 'command', argv });
  if (permitted?.kind === 'denied') return { kind: 'deny', reason: permitted.message, by: 'permission' };
  const exact = policy.commands.find((rule) => rule.exact !== undefined && fitsExactly(rule, command));
  if (exact !== undefined) return byRule(exact, argv, headless);
  const inner = unwrap(argv);
  if (inner.kind === 'unclear') return { kind: 'deny', reason: inner.reason, by: 'default' };
  const judged = { ...command, argv: inner.argv, program: find?.(inner.argv[0] ?? '') };
  const refusing = policy.commands.filter((rule) => rule.decision === 'deny' && fitsLoosely(rule, judged));
  const asking = policy.commands.filter((rule) => rule.decision === 'ask' && fitsLoosely(rule, judged));
  const allowing = policy.commands.filter((rule) => rule.decision === 'allow' && fitsExactly(rule, judged));
  const rule = refusing[0] ?? asking[0] ?? allowing[0];
  if (rule !== undefined) return byRule(rule, inner.argv, headless);
  return { kind: 'deny', reason: `no rule of the policy allows ${quoted(inner.argv)}`, by: 'default' };
}

function byRule(rule: CommandRule, argv: readonly string[], headless: boolean): Verdict {
  const why = rule.reason === undefined ? '' : `: ${rule.reason}`;
  switch (rule.decision) {
    case 'allow':
      return { kind: 'allow', rule };
    case 'deny':
      return { kind: 'deny', reason: `the policy refuses ${quoted(argv)}${why}`, by: 'rule' };
    case 'ask':
      if (!headless) return { kind: 'ask', reason: `the policy asks before ${quoted(argv)}${why}`, rule };
      return {
        kind: 'deny',
        reason: `the policy asks before ${quoted(argv)}, and nobody is there to answer${why}`,
        by: 'rule',
      };
  }
}

function wordProblem(argv: readonly string[]): string | undefined {
  if (!argv[0]) return 'expected a program to run, found no words';
  if (argv.some((word) => word.includes('\0'))) return 'expected words without a NUL byte';
  if (/\s/.test(argv[0]) || argv[0].startsWith('-'))
    return `expected the name of a program, found ${JSON.stringify(argv[0])}`;
  return undefined;
}

function quoted(argv: readonly string[]): string {
  const text = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
