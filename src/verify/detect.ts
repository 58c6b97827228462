import { mkdir } from 'node:fs/promises';
import { shellCommand } from '../sandbox/index.ts';
import type { DetectedChecks } from './check.ts';
import type { DetectOptions } from './detect/detect-options.ts';
import { detectJavaScript } from './detect/javascript.ts';
import { detectPython } from './detect/python.ts';

/** Finds the project's own checks, quick ones first. Reads files and asks Python what it has; makes the scratch folder only. */
export async function detectChecks(options: DetectOptions): Promise<DetectedChecks> {
  const { mode, root, platform } = options;
  if (mode.kind === 'none') return { checks: [], unavailable: [] };
  if (mode.kind === 'command') {
    if (mode.line.trim() === '') return EMPTY_COMMAND;
    const argv = shellCommand(mode.line, platform);
    return { checks: [{ id: 'command', kind: 'command', argv, cwd: root, why: 'you gave it' }], unavailable: [] };
  }
  if (options.scratch !== undefined) await mkdir(options.scratch, { recursive: true });
  const [javascript, python] = await Promise.all([detectJavaScript(options), detectPython(options)]);
  const checks = [...javascript.checks, ...python.checks];
  const unavailable = [...javascript.unavailable, ...python.unavailable];
  const wanted = (kind: string) =>
    mode.kind === 'auto' || (mode.kind === 'test' ? kind === 'test' : kind === 'typecheck' || kind === 'syntax');
  return {
    checks: checks.filter(({ kind }) => wanted(kind)).sort((one, other) => rank(one.kind) - rank(other.kind)),
    unavailable: unavailable.filter(({ kind }) => wanted(kind)),
  };
}

/** A shell is content with an empty line, which would count as a passed check. */
const EMPTY_COMMAND: DetectedChecks = {
  checks: [],
  unavailable: [{ id: 'command', kind: 'command', reason: 'the command is empty', remedy: 'give a command to run' }],
};

function rank(kind: string): number {
  return ['syntax', 'typecheck', 'lint', 'test', 'command'].indexOf(kind);
}
