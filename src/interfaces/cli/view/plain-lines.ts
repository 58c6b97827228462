import type { EventEnvelope } from '../../../kernel/index.ts';
import { formatDuration } from '../duration.ts';
import { printable } from './printable.ts';
import { checkTitle, fields, reduceView, statusOf, text, type ViewState } from './view-state.ts';

/** At most one line of progress per step and this many milliseconds. */
const PROGRESS_EVERY = 10_000;

/** The lines of a log, where there is no terminal: one when a step ends, now and then one while it takes long. */
export function plainLines(initial: ViewState): (event: EventEnvelope) => string[] {
  let state = initial;
  const lastSaid = new Map<string, number>();
  return (event) => {
    state = reduceView(state, event);
    return linesOf(event, state, lastSaid).map(printable);
  };
}

function linesOf(event: EventEnvelope, state: ViewState, lastSaid: Map<string, number>): string[] {
  const data = fields(event.data);
  const node = text(data.node) ?? '?';
  const step = state.steps.find(({ id }) => id === node);
  const title = step === undefined ? node : step.rounds > 1 ? `${step.title} (round ${step.rounds})` : step.title;
  switch (event.kind) {
    case 'run.started':
      return [`${event.run}: ${state.task ?? ''} [${state.priority ?? 'NORMAL'}] ${state.root ?? ''}`];
    case 'step.started':
      lastSaid.set(node, event.time);
      return [];
    case 'step.progress': {
      if (event.time - (lastSaid.get(node) ?? 0) < PROGRESS_EVERY) return [];
      lastSaid.set(node, event.time);
      const count = step?.progress === undefined ? '' : ` ${step.progress.done}/${step.progress.total ?? '?'}`;
      return [`  ${title}:${count} ${step?.detail ?? ''}`.trimEnd()];
    }
    case 'step.finished':
      return [finishedLine(title, data, step?.durationMs)];
    case 'check.finished':
      return [finishedLine(checkTitle(data), data, undefined)];
    default:
      return [];
  }
}

const WORDS = { done: 'ok', failed: 'FAILED', skipped: 'skipped' };

function finishedLine(title: string, data: Readonly<Record<string, unknown>>, known: number | undefined): string {
  const status = WORDS[statusOf(text(data.outcome))];
  const summary = text(data.summary) ?? text(data.reason);
  const duration = typeof data.durationMs === 'number' ? data.durationMs : known;
  const time = duration === undefined ? '' : ` (${formatDuration(duration)})`;
  return `  ${title}: ${status}${summary === undefined ? '' : `, ${summary}`}${time}`;
}
