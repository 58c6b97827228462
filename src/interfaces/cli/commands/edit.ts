import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { EditReport } from '../../../run/index.ts';
import type { CommandContext } from '../command-context.ts';
import { renderReport } from '../report/run-report.ts';
import { reportStyle } from '../report-style.ts';
import { repositoryPath } from '../repository-path.ts';
import { usageError } from '../usage-error.ts';
import { printable } from '../view/printable.ts';
import { leaseWait } from '../wait-option.ts';

interface EditOptions {
  path: string;
  file: string;
  dryRun?: boolean;
  wait?: string | true;
  json?: boolean;
}

/** `pyagent edit`: applies edits and reports; what was refused is told in words that a model can act on. */
export async function applyEdits(context: CommandContext, options: EditOptions): Promise<number> {
  const root = await repositoryPath(options.path, context.environment.cwd());
  const edits = await readInput(options.file, context.environment.cwd());
  const swarm = await context.swarm();
  const waiting = leaseWait(context, options);
  const { wait } = waiting;
  const request = { root, text: edits, dryRun: options.dryRun === true };
  const report = await swarm.edit(request, wait === undefined ? {} : { wait }).finally(waiting.dispose);
  const lines = options.json === true ? [JSON.stringify(report, null, 2)] : told(report, context);
  context.stdout.write(`${lines.join('\n')}\n`);
  return report.exitCode;
}

function told(report: EditReport, context: CommandContext): string[] {
  const refusals = report.files.flatMap((file) => (file.kind === 'refused' ? file.refusals : []));
  return [...renderReport(report, reportStyle(context, 10)), ...refusals.map(({ message }) => printable(message))];
}

async function readInput(file: string, cwd: string): Promise<string> {
  if (file === '-') {
    if (process.stdin.isTTY) throw usageError('There are no edits. Give --file, or send them on the standard input.');
    return text(process.stdin);
  }
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw usageError(`${file} cannot be read (${code}). Give the file with the edits.`, { file, errno: code }, error);
  }
}
