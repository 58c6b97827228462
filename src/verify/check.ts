import type { Environment } from '../sandbox/index.ts';

/** What a check can show. `syntax` and `lint` alone verify nothing. */
export type CheckKind = 'typecheck' | 'test' | 'lint' | 'syntax' | 'command';

/** One of the project's own checks, ready to run. */
export interface Check {
  /** Stable between detection runs: `typecheck`, `test`, `test:packages/a`. */
  id: string;
  kind: CheckKind;
  argv: readonly string[];
  /** Absolute. */
  cwd: string;
  /** Why this is believed to be a check of the project. */
  why: string;
  /** How it is shown to a person. Default: its arguments. */
  shownAs?: string;
  /** Added to the environment. Default: nothing. */
  env?: Environment;
  /** The exit code by which the tool says that it found nothing to check. Default: none. */
  emptyExitCode?: number;
}

/** A check that the project has, but that cannot run here. */
export interface UnavailableCheck {
  id: string;
  kind: CheckKind;
  reason: string;
  /** What the user can do about it. */
  remedy: string;
}

/** What a project offers. */
export interface DetectedChecks {
  checks: Check[];
  unavailable: UnavailableCheck[];
}

/** Which checks are wanted: all that are found, one kind, none, or a command line of the user's. */
export type VerifyMode = { kind: 'auto' | 'typecheck' | 'test' | 'none' } | { kind: 'command'; line: string };

/** The mode that a `--verify` value names. Any other text is a command line. */
export function verifyMode(value: string): VerifyMode {
  const word = value.trim();
  if (word === 'auto' || word === 'typecheck' || word === 'test' || word === 'none') return { kind: word };
  return { kind: 'command', line: value };
}

/** How a check is shown to a person. */
export function commandLine(check: Pick<Check, 'argv' | 'shownAs'>): string {
  if (check.shownAs !== undefined) return check.shownAs;
  const [first, second, third] = check.argv;
  if ((first === 'sh' && second === '-c') || (first === 'cmd.exe' && check.argv.length === 5))
    return check.argv.at(-1) ?? third ?? '';
  return check.argv.map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
