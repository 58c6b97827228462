import type { CommandContext } from '../command-context.ts';
import { planLines } from '../report/plan-lines.ts';
import { reportStyle } from '../report-style.ts';
import { type TaskOptions, taskRequest } from '../task-request.ts';

/** `pyagent plan`: the steps of a task, and nothing else. */
export async function showPlan(context: CommandContext, options: TaskOptions): Promise<number> {
  const request = await taskRequest(context, options);
  const swarm = await context.swarm();
  const plan = await swarm.plan({ ...request, dryRun: true });
  const lines = options.json ? [JSON.stringify(plan, null, 2)] : planLines(plan, reportStyle(context, Infinity));
  context.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
