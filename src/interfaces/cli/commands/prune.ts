import type { PruningOutcome } from '../../../swarm.ts';
import { parseAge } from '../age.ts';
import { formatSize, parseSize } from '../byte-size.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { count } from '../report/section.ts';
import { repositoryPath } from '../repository-path.ts';
import { configOf, historyLimits } from '../task-request.ts';
import { usageError } from '../usage-error.ts';
import { printable } from '../view/printable.ts';
import { leaseWait } from '../wait-option.ts';

interface PruneOptions {
  path: string;
  olderThan?: string;
  keep?: string;
  maxSize?: string;
  dryRun?: boolean;
  wait?: string | true;
  json?: boolean;
}

/** `pyagent runs prune`: bounds what undo needs. Without a limit of its own, the settings hold. */
export async function pruneRuns(context: CommandContext, options: PruneOptions): Promise<number> {
  const root = await repositoryPath(options.path, context.environment.cwd());
  const limits = await limitsOf(context, options, root);
  const waiting = leaseWait(context, options);
  try {
    const { wait } = waiting;
    const pruning = { ...limits, dryRun: options.dryRun === true, ...(wait === undefined ? {} : { wait }) };
    const outcome = await (await context.swarm()).prune(root, pruning);
    const code = outcome.kind === 'busy' ? exitCode.busy : exitCode.done;
    const lines = options.json ? [JSON.stringify({ ...outcome, exitCode: code }, null, 2)] : pruneLines(outcome);
    context.stdout.write(`${lines.join('\n')}\n`);
    return code;
  } finally {
    waiting.dispose();
  }
}

async function limitsOf(context: CommandContext, options: PruneOptions, root: string) {
  const { olderThan, keep, maxSize } = options;
  if (olderThan === undefined && keep === undefined && maxSize === undefined) {
    return historyLimits(await configOf(context, {}, root));
  }
  const age = olderThan === undefined ? undefined : parseAge(olderThan, '--older-than');
  const size = maxSize === undefined ? undefined : parseSize(maxSize, '--max-size');
  if (keep !== undefined && !/^\d{1,9}$/.test(keep)) {
    throw usageError(`--keep expects how many runs, found "${keep}". Write --keep 10.`, { value: keep });
  }
  return {
    ...(age === undefined ? {} : { olderThan: age }),
    ...(size === undefined ? {} : { maxSize: size }),
    ...(keep === undefined ? {} : { keep: Number(keep) }),
  };
}

function pruneLines(outcome: PruningOutcome): string[] {
  if (outcome.kind !== 'pruned') return outcome.message.split('\n').map(printable);
  const { runs, copies, objects, before, after, dryRun } = outcome;
  const [went, is] = dryRun ? ['Would prune', 'would be'] : ['Pruned', 'is'];
  if (runs.length === 0 && copies.length === 0 && objects === 0) {
    return [`Nothing to prune: ${count(before.runs, 'run')} can be undone, ${formatSize(total(before))} kept.`];
  }
  return [
    `${went} ${count(runs.length, 'run')}, ${count(objects, 'content')}, ${count(copies.length, 'copy', 'copies')}: ` +
      `${formatSize(total(before))} before, ${formatSize(total(after))} ${is} kept.`,
    ...runs.map(({ run, title, changedAt }) => `  ${run}  ${new Date(changedAt).toISOString().slice(0, 10)}  ${title}`),
    ...copies.map((path) => `  ${path}`),
    ...(runs.length === 0 ? [] : ['Their reports stay; they can no longer be undone.']),
  ].map(printable);
}

const total = ({ contents, copies }: { contents: number; copies: number }) => contents + copies;
