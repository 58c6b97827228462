import type { HistoryOutcome, Swarm } from '../../../swarm.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { runLines } from '../report/run-lines.ts';
import { renderReport } from '../report/run-report.ts';
import { reportStyle } from '../report-style.ts';
import { repositoryPath } from '../repository-path.ts';
import { usageError } from '../usage-error.ts';
import { printable } from '../view/printable.ts';

interface HistoryOptions {
  path: string;
  json?: boolean;
}

/** `pyagent runs`. */
export async function listRuns(context: CommandContext, options: HistoryOptions): Promise<number> {
  const { swarm, root } = await open(context, options);
  const runs = await swarm.runs(root);
  const lines = options.json ? [JSON.stringify(runs, null, 2)] : runLines(runs, root, reportStyle(context, Infinity));
  context.stdout.write(`${lines.join('\n')}\n`);
  return exitCode.done;
}

/** `pyagent show [run]`: the whole report, no list cut. */
export async function showRun(
  context: CommandContext,
  run: string | undefined,
  options: HistoryOptions,
): Promise<number> {
  const { swarm, root } = await open(context, options);
  const report = await swarm.show(root, run);
  if (report === undefined) {
    const none =
      run === undefined ? `No run has been recorded for ${root} yet.` : `There is no run ${run} for ${root}.`;
    throw usageError(`${none} pyagent runs lists those there are.`, { root, run });
  }
  const lines = options.json ? [JSON.stringify(report, null, 2)] : renderReport(report, reportStyle(context, Infinity));
  context.stdout.write(`${lines.join('\n')}\n`);
  return exitCode.done;
}

/** `pyagent undo [run]`. */
export async function undoRun(
  context: CommandContext,
  run: string | undefined,
  options: HistoryOptions,
): Promise<number> {
  const { swarm, root } = await open(context, options);
  return tell(context, options, await swarm.undo(root, run));
}

/** `pyagent redo [run]`. */
export async function redoRun(
  context: CommandContext,
  run: string | undefined,
  options: HistoryOptions,
): Promise<number> {
  const { swarm, root } = await open(context, options);
  return tell(context, options, await swarm.redo(root, run));
}

async function open(context: CommandContext, options: HistoryOptions): Promise<{ swarm: Swarm; root: string }> {
  const root = await repositoryPath(options.path, context.environment.cwd());
  return { swarm: await context.swarm(), root };
}

function tell({ stdout }: CommandContext, options: HistoryOptions, outcome: HistoryOutcome): number {
  const { lines, code } = told(outcome);
  const shown = options.json ? [JSON.stringify({ ...outcome, exitCode: code }, null, 2)] : lines.map(printable);
  stdout.write(`${shown.join('\n')}\n`);
  return code;
}

function told(outcome: HistoryOutcome): { lines: string[]; code: number } {
  switch (outcome.kind) {
    case 'undone':
    case 'redone': {
      const word = outcome.kind === 'undone' ? 'Undone' : 'Redone';
      const way = outcome.kind === 'undone' ? 'redo' : 'undo';
      const files = `${outcome.paths.length} ${outcome.paths.length === 1 ? 'file' : 'files'}`;
      return {
        lines: [`${word}: ${files} of ${outcome.run}.`, `Take it back: pyagent ${way} ${outcome.run}`],
        code: exitCode.done,
      };
    }
    case 'nothing':
      return { lines: [outcome.message], code: exitCode.done };
    case 'busy':
      return { lines: [outcome.message], code: exitCode.busy };
    case 'conflict':
      return { lines: outcome.message.split('\n'), code: exitCode.conflict };
  }
}
