import type { Permission } from '../../kernel/index.ts';
import { fitsExactly, fitsLoosely, isBelow, type JudgedCommand } from './match-rule.ts';
import type { CommandRule, Decision, SandboxPolicy } from './sandbox-policy.ts';
import { type Unwrapped, unwrap } from './unwrap.ts';

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
 * Judges a command: the permission first, then the policy. A rule with all the words of the command speaks before every
 * other; else the wrappers are taken off, refusing and asking rules are tried on each of them and on what is inside, and
 * only what is inside can be allowed. Deny beats ask beats allow; a command that no rule fits is denied. Refusing rules fit
 * however an option is spelt, allowing ones only as written.
 */
export function decide(
  policy: Pick<SandboxPolicy, 'commands'>,
  command: Omit<JudgedCommand, 'program' | 'byProject'>,
  { headless, permission, find }: DecideOptions,
): Verdict {
  const { argv } = command;
  const problem = commandProblem(command);
  if (problem !== undefined) return { kind: 'deny', reason: problem, by: 'default' };
  const permitted = permission?.allows({ kind: 'command', argv });
  if (permitted?.kind === 'denied') return { kind: 'deny', reason: permitted.message, by: 'permission' };
  const judge = (layer: { argv: readonly string[]; byProject: boolean }): JudgedCommand => ({
    ...command,
    ...layer,
    program: find?.(lastPart(layer.argv[0] ?? '')),
  });
  const literal = exactRule(policy.commands, judge({ argv, byProject: false }));
  if (literal !== undefined) return byRule(literal, argv, headless);
  const layers = unwrap(argv);
  if (layers.kind === 'unclear') return { kind: 'deny', reason: layers.reason, by: 'default' };
  const inner = judge(layers.inner);
  const all = [...layers.wrappers.map(judge), inner];
  const refusing = (decision: Decision) =>
    policy.commands.find((rule) => rule.decision === decision && all.some((one) => fitsLoosely(rule, one)));
  const rule = refusing('deny') ?? refusing('ask');
  if (rule !== undefined) return byRule(rule, argv, headless);
  const misplaced = misplacedWrapper(layers, judge);
  if (misplaced !== undefined) return { kind: 'deny', reason: misplaced, by: 'default' };
  const allowing = policy.commands.find((one) => one.decision === 'allow' && fitsExactly(one, inner));
  if (allowing !== undefined) return { kind: 'allow', rule: allowing };
  return { kind: 'deny', reason: `no rule of the policy allows ${quoted(inner.argv)}`, by: 'default' };
}

function exactRule(rules: readonly CommandRule[], command: JudgedCommand): CommandRule | undefined {
  const fitting = rules.filter(
    (rule) =>
      rule.exact !== undefined && (rule.decision === 'allow' ? fitsExactly(rule, command) : fitsLoosely(rule, command)),
  );
  const order: readonly Decision[] = ['deny', 'ask', 'allow'];
  return order.map((decision) => fitting.find((rule) => rule.decision === decision)).find((rule) => rule !== undefined);
}

/** A wrapper that lies in the workspace runs what it likes. */
function misplacedWrapper(
  { wrappers }: Extract<Unwrapped, { kind: 'layers' }>,
  judge: (layer: { argv: readonly string[]; byProject: boolean }) => JudgedCommand,
): string | undefined {
  const found = wrappers.find((wrapper) => {
    const { program, workspace } = judge(wrapper);
    return !wrapper.ofProject && (wrapper.byProject || (program !== undefined && isBelow(workspace, program)));
  });
  return found && `${found.argv[0]} would be taken from the workspace`;
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

function commandProblem({
  argv,
  cwd,
  workspace,
}: Pick<JudgedCommand, 'argv' | 'cwd' | 'workspace'>): string | undefined {
  const [program] = argv;
  if (!program) return 'expected a program to run, found no words';
  if (argv.some((word) => word.includes('\0'))) return 'expected words without a NUL byte';
  // A path may hold spaces; a name with one is a whole command line in one word.
  const odd = program.startsWith('-') || (program.includes('/') ? /[\n\r\t]/ : /\s/).test(program);
  if (odd) return `expected the name of a program, found ${JSON.stringify(program)}`;
  if (!isBelow(workspace, cwd)) return `expected a folder of the workspace to run in, found ${cwd}`;
  return undefined;
}

function lastPart(word: string): string {
  return word.split('/').at(-1) ?? '';
}

function quoted(argv: readonly string[]): string {
  const text = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
