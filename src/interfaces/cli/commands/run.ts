import type { CommandContext } from '../command-context.ts';
import { interruption } from '../interruption.ts';
import { renderReport } from '../report/run-report.ts';
import { reportStyle } from '../report-style.ts';
import { type TaskOptions, taskRequest } from '../task-request.ts';
import { runView } from '../view/run-view.ts';

/** `pyagent run`: carries the task out and reports. */
export async function runTask(context: CommandContext, options: TaskOptions): Promise<number> {
  const { stdout, stderr } = context;
  const request = await taskRequest(context, options);
  const view = runView(context, options.json === true);
  const interrupted = interruption(process, (line) => view.say(line));
  // A run that nobody can see the end of is taken back, as a pipe's end would have ended it.
  stdout.onBroken(() => interrupted.interrupt('the output was closed'));
  stderr.onBroken(() => interrupted.interrupt('the terminal went away'));
  try {
    const swarm = await context.swarm();
    const report = await swarm.run(request, { signal: interrupted.signal, onEvent: view.onEvent });
    view.end();
    if (options.json !== true) stdout.write(`${renderReport(report, reportStyle(context, 10)).join('\n')}\n`);
    return report.exitCode;
  } finally {
    view.end();
    interrupted.dispose();
  }
}
