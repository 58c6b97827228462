import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { planLines } from '../report/plan-lines.ts';
import { reportStyle } from '../report-style.ts';
import { type TaskOptions, taskRequest } from '../task-request.ts';
import { printable } from '../view/printable.ts';

const CODES = { planned: exitCode.done, 'needs-model': exitCode.needsModel, refused: exitCode.refused };

/** `pyagent plan`: the steps of a task, and nothing else. */
export async function showPlan(context: CommandContext, options: TaskOptions): Promise<number> {
  const request = await taskRequest(context, options);
  const plan = await (await context.swarm()).plan(request);
  const code = CODES[plan.kind];
  if (options.json) {
    context.stdout.write(`${JSON.stringify({ ...plan, exitCode: code }, null, 2)}\n`);
    return code;
  }
  const style = reportStyle(context, Infinity);
  const lines = plan.kind === 'planned' ? planLines(plan, style) : plan.message.split('\n').map(printable);
  context.stdout.write(`${lines.join('\n')}\n`);
  return code;
}
