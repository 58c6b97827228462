import type { CommandContext } from '../command-context.ts';
import { reportStyle } from '../report-style.ts';
import { repositoryPath } from '../repository-path.ts';
import { printable } from '../view/printable.ts';

/** `pyagent audit`: whether PyAgent itself is healthy. The code is the audit's own: 0 when nothing failed. */
export async function audit(
  context: CommandContext,
  options: { path: string; deep?: boolean; json?: boolean },
): Promise<number> {
  const root = await repositoryPath(options.path, context.environment.cwd());
  const report = await (await context.swarm()).audit(root, { deep: options.deep === true });
  if (options.json) {
    context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return report.exitCode;
  }
  const { paint, symbols } = reportStyle(context, Infinity);
  const signs = {
    ok: paint.green(symbols.done),
    warning: paint.yellow(symbols.warning),
    failed: paint.red(symbols.failed),
  };
  for (const { name, status, detail, advice } of report.checks) {
    context.stdout.write(`${signs[status]} ${printable(name)}: ${printable(detail)}\n`);
    if (status !== 'ok' && advice) context.stdout.write(`    ${printable(advice)}\n`);
  }
  return report.exitCode;
}
