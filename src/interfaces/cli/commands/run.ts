import type { EventEnvelope } from '../../../kernel/index.ts';
import type { LeaseHolder } from '../../../swarm.ts';
import type { CommandContext } from '../command-context.ts';
import { interruption } from '../interruption.ts';
import { ignoredLines } from '../report/plan-lines.ts';
import { renderReport } from '../report/run-report.ts';
import { reportStyle } from '../report-style.ts';
import { type TaskOptions, taskRequest } from '../task-request.ts';
import { runView } from '../view/run-view.ts';
import { fields } from '../view/view-state.ts';
import { waitingLine, waitTime } from '../wait-option.ts';

/** `pyagent run`: carries the task out and reports. */
export async function runTask(context: CommandContext, options: TaskOptions): Promise<number> {
  const { stdout, stderr } = context;
  const request = await taskRequest(context, options);
  const wait = waitTime(options);
  const view = runView(context, options.json === true);
  const interrupted = interruption(process, (line) => view.say(line));
  // A run that nobody can see the end of is taken back, as a pipe's end would have ended it.
  stdout.onBroken(() => interrupted.interrupt('the output was closed'));
  stderr.onBroken(() => interrupted.interrupt('the terminal went away'));
  try {
    const swarm = await context.swarm();
    let ignored: readonly string[] = [];
    const onEvent = (event: EventEnvelope) => {
      if (event.kind === 'run.recovered' && !options.json) view.say(recoveredLine(fields(event.data)));
      if (event.kind === 'run.waiting' && !options.json) view.say(waitingLine(holderOf(event.data)));
      if (event.kind === 'run.finished') interrupted.dispose();
      if (event.kind === 'run.started')
        ignored = (event.data as { ignoredWords?: readonly string[] }).ignoredWords ?? [];
      view.onEvent(event);
    };
    const report = await swarm.run(request, {
      signal: interrupted.signal,
      onEvent,
      ...(wait === undefined ? {} : { wait }),
    });
    view.end();
    if (options.json === true) return report.exitCode;
    const lines = [...renderReport(report, reportStyle(context, 10)), ...ignoredLines(ignored)];
    stdout.write(`${lines.join('\n')}\n`);
    return report.exitCode;
  } finally {
    view.end();
    interrupted.dispose();
  }
}

function holderOf(data: unknown): Partial<LeaseHolder> {
  return (data as { holder: Partial<LeaseHolder> }).holder;
}

function recoveredLine({ run, paths }: Readonly<Record<string, unknown>>): string {
  return `${run} was killed before its end: its changes to ${paths} files were rolled back just now.`;
}
