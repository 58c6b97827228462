import type { HistoryOutcome, PreviewOutcome, Swarm } from '../../../swarm.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { replayPatterns } from '../only.ts';
import { historyLines, previewLines } from '../report/history-lines.ts';
import { operationLines, runLines } from '../report/run-lines.ts';
import { renderReport } from '../report/run-report.ts';
import { reportStyle } from '../report-style.ts';
import { repositoryPath } from '../repository-path.ts';
import { usageError } from '../usage-error.ts';
import { printable } from '../view/printable.ts';
import { leaseWait } from '../wait-option.ts';

interface HistoryOptions {
  path: string;
  json?: boolean;
}

interface ReplayOptions extends HistoryOptions {
  only?: string[];
  preview?: boolean;
  wait?: string | true;
}

/** `pyagent runs`; with `--all` every undo and redo too. */
export async function listRuns(
  context: CommandContext,
  options: HistoryOptions & { all?: boolean; operations?: boolean },
): Promise<number> {
  const { swarm, root } = await open(context, options);
  const style = reportStyle(context, Infinity);
  if (options.all || options.operations) {
    const operations = await swarm.operations(root);
    return print(context, options.json ? [json(operations)] : operationLines(operations, root, style));
  }
  const runs = await swarm.runs(root);
  return print(context, options.json ? [json(runs)] : runLines(runs, root, style));
}

/** `pyagent show [run]`: the whole report, no list cut; with `--diff` what the run changed, as one patch. */
export async function showRun(
  context: CommandContext,
  run: string | undefined,
  options: HistoryOptions & { diff?: boolean },
): Promise<number> {
  const { swarm, root } = await open(context, options);
  const report = await swarm.show(root, run);
  if (report === undefined) {
    const none =
      run === undefined ? `No run has been recorded for ${root} yet.` : `There is no run ${run} for ${root}.`;
    throw usageError(`${none} pyagent runs lists those there are.`, { root, run });
  }
  if (!options.diff) {
    return print(context, options.json ? [json(report)] : renderReport(report, reportStyle(context, Infinity)));
  }
  if (report.pruned) throw usageError(`${report.run} was pruned: what it changed is no longer kept.`, { run });
  const patch = await swarm.diff(root, report.run);
  const text = new TextDecoder().decode(patch);
  if (options.json) {
    const isText = Buffer.compare(Buffer.from(text), patch) === 0;
    return print(context, [json({ run: report.run, ...(isText ? { patch: text } : { patchBase64: base64(patch) }) })]);
  }
  // A patch is for programs too: it leaves as it is, unless a person looks at it.
  context.stdout.write(context.stdout.isTerminal ? text.split('\n').map(printable).join('\n') : patch);
  return exitCode.done;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** `pyagent undo [run]`. */
export async function undoRun(
  context: CommandContext,
  target: string | undefined,
  options: ReplayOptions,
): Promise<number> {
  return replay(context, 'undo', target, options);
}

/** `pyagent redo [run]`. */
export async function redoRun(
  context: CommandContext,
  target: string | undefined,
  options: ReplayOptions,
): Promise<number> {
  return replay(context, 'redo', target, options);
}

async function replay(
  context: CommandContext,
  kind: 'undo' | 'redo',
  target: string | undefined,
  options: ReplayOptions,
): Promise<number> {
  const waiting = leaseWait(context, options);
  const { swarm, root } = await open(context, options);
  const only = options.only && replayPatterns(options.only, root, context.environment.cwd());
  const request = { kind, ...(target === undefined ? {} : { target }), ...(only === undefined ? {} : { only }) };
  if (options.preview) {
    const preview = await swarm.preview(root, request);
    const code = previewCode(preview);
    return print(context, options.json ? [json({ ...preview, exitCode: code })] : previewLines(preview, kind), code);
  }
  try {
    const { wait } = waiting;
    const outcome = await swarm.replay(root, wait === undefined ? request : { ...request, wait });
    const code = codeOf(outcome);
    const lines = options.json ? [json({ ...outcome, exitCode: code })] : historyLines(outcome).map(printable);
    return print(context, lines, code);
  } finally {
    waiting.dispose();
  }
}

const CODES = {
  undone: exitCode.done,
  redone: exitCode.done,
  nothing: exitCode.done,
  conflict: exitCode.conflict,
  damaged: exitCode.failed,
  busy: exitCode.busy,
} as const;

const codeOf = ({ kind }: HistoryOutcome): number => CODES[kind];
const previewCode = (preview: PreviewOutcome): number =>
  CODES[preview.kind === 'preview' ? preview.would : preview.kind];

async function open(context: CommandContext, options: HistoryOptions): Promise<{ swarm: Swarm; root: string }> {
  const root = await repositoryPath(options.path, context.environment.cwd());
  return { swarm: await context.swarm(), root };
}

const json = (value: unknown) => JSON.stringify(value, null, 2);

function print({ stdout }: CommandContext, lines: readonly string[], code: number = exitCode.done): number {
  stdout.write(`${lines.join('\n')}\n`);
  return code;
}
