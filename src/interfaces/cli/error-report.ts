import { isPyAgentError } from '../../kernel/index.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { printable } from './view/printable.ts';

/** What an error that ended a command says, to a person and to a program. */
export interface ErrorReport {
  exitCode: ExitCode;
  /** Lines for a person. */
  lines: string[];
  /** The document that `--json` prints. */
  document: { error: { code: string; message: string; details: object } };
}

const CODES: readonly [end: string, code: ExitCode][] = [
  ['busy', exitCode.busy],
  ['conflict', exitCode.conflict],
  ['refused', exitCode.refused],
  ['needs-model', exitCode.needsModel],
  ['timed-out', exitCode.timedOut],
  ['interrupted', exitCode.interrupted],
  ['not-found', exitCode.usage],
  ['unknown-run', exitCode.usage],
  ['usage', exitCode.usage],
  ['invalid', exitCode.usage],
];

/** Failures of the folder where journals and originals live. */
const STATE = new Set(['store/io', 'store/read-only', 'store/full', 'native/file']);

const ORIGINALS =
  'The originals of changed files are still in the folder objects beside it, each named by the BLAKE3 of its bytes; ' +
  'pyagent audit --deep checks them.';

/** The report of whatever was thrown. A stack is shown only for what nobody foresaw. */
export function errorReport(error: unknown): ErrorReport {
  if (isPyAgentError(error)) {
    const what = error.code.slice(error.code.indexOf('/') + 1);
    const code = CODES.find(([end]) => what === end || what.endsWith(`-${end}`))?.[1] ?? exitCode.failed;
    const found = report(code, error.code, error.message, error.details);
    if (error.code === 'store/corrupt') found.lines.push(ORIGINALS);
    if (STATE.has(error.code)) found.lines.push('PyAgent keeps its state there; XDG_STATE_HOME names another folder.');
    return found;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return report(exitCode.interrupted, 'cli/interrupted', 'Interrupted.', {});
  }
  const system = systemMessage(error);
  if (system !== undefined) return report(exitCode.failed, 'cli/system', system.message, system.details);
  const message = error instanceof Error ? error.message : String(error);
  const found = report(exitCode.failed, 'cli/unexpected', `Unexpected error: ${message}`, {});
  if (error instanceof Error && error.stack !== undefined) {
    found.lines.push(
      ...error.stack.split('\n').slice(1).map(printable),
      'This is a defect of PyAgent. Please report it.',
    );
  }
  return found;
}

function report(code: ExitCode, name: string, message: string, details: object): ErrorReport {
  const lines = message.split('\n').map(printable);
  return { exitCode: code, lines, document: { error: { code: name, message, details } } };
}

const SYSTEM: Record<string, string> = {
  ENOSPC: 'The disk is full. Free some space and try again.',
  EDQUOT: 'Your disk quota is used up. Free some space and try again.',
  EROFS: 'The file system is read-only. Make it writable, or use --dry-run.',
  EACCES: 'Permission denied. Grant yourself access.',
  EPERM: 'The system does not permit this. Check the owner and the permissions.',
  EMFILE: 'Too many files are open. Raise the limit (ulimit -n) and try again.',
};

function systemMessage(error: unknown): { message: string; details: object } | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  const advice = code === undefined ? undefined : SYSTEM[code];
  if (advice === undefined) return undefined;
  return {
    message: `${path ?? 'A file'}: ${advice}`,
    details: { errno: code, ...(path === undefined ? {} : { path }) },
  };
}
