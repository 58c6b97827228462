import { formatDuration } from '../duration.ts';
import { cellWidth, fit, pad } from './cell-width.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import type { Symbols } from './symbols.ts';
import type { StepView, ViewState } from './view-state.ts';

/** How the lines are drawn. */
export interface ViewFrame {
  /** Milliseconds since the epoch. */
  now: number;
  /** Cells of a line; no line is as wide, so that none wraps. */
  columns: number;
  /** Lines of the terminal; the view takes fewer. */
  rows: number;
  /** Which frame of the spinner. */
  tick: number;
  paint: Paint;
  symbols: Symbols;
}

const INDENT = 2;
const TIME = 12;

/** The live view of `state`: one line for the run, one for each step. */
export function viewLines(state: ViewState, frame: ViewFrame): string[] {
  const room = Math.max(1, frame.rows - 3);
  const steps = shownSteps(state.steps, room);
  const hidden = state.steps.length - steps.length;
  const lines = [headLine(state, frame), ...steps.map((step) => stepLine(step, frame))];
  if (hidden > 0) lines.push(frame.paint.dim(fit(`  … and ${hidden} more steps`, frame.columns - 1)));
  return lines;
}

/** The running steps first to stay, then the newest: a long plan must not push the present off the screen. */
function shownSteps(steps: readonly StepView[], room: number): readonly StepView[] {
  if (steps.length <= room) return steps;
  const rank = (step: StepView) =>
    step.status === 'running' ? 0 : step.status === 'failed' ? 1 : step.status === 'waiting' ? 3 : 2;
  const ranked = steps.map((step, index) => ({ step, index }));
  ranked.sort((left, right) => rank(left.step) - rank(right.step) || right.index - left.index);
  const chosen = new Set(ranked.slice(0, Math.max(1, room - 1)).map(({ step }) => step));
  return steps.filter((step) => chosen.has(step));
}

function headLine(state: ViewState, { columns, paint, now }: ViewFrame): string {
  const elapsed = state.startedAt === undefined ? '' : formatDuration(Math.max(0, now - state.startedAt));
  const counts = [
    state.findings > 0 ? `${state.findings} findings` : '',
    state.changedFiles > 0 ? `${state.changedFiles} files changed` : '',
    elapsed,
  ].filter((part) => part !== '');
  const right = counts.join('  ');
  const left = fit(printable(state.task ?? 'Starting'), Math.max(8, columns - 2 - cellWidth(right) - 1));
  const gap = ' '.repeat(Math.max(1, columns - 1 - cellWidth(left) - cellWidth(right)));
  return fitsOrLeft(left, gap, right, columns, paint);
}

function fitsOrLeft(left: string, gap: string, right: string, columns: number, paint: Paint): string {
  if (cellWidth(left) + gap.length + cellWidth(right) >= columns) return paint.bold(fit(left, columns - 1));
  return `${paint.bold(left)}${gap}${paint.dim(right)}`;
}

function stepLine(step: StepView, frame: ViewFrame): string {
  const { columns, paint, now } = frame;
  const usable = columns - 1 - INDENT - 2;
  const titleWidth = Math.min(26, Math.max(8, Math.floor(usable * 0.4)));
  const title = printable(step.rounds > 1 ? `${step.title} (${step.rounds})` : step.title);
  const time = timeOf(step, now);
  const detailWidth = usable - titleWidth - 1 - TIME;
  const sign = `${' '.repeat(INDENT)}${signOf(step, frame)} `;
  if (detailWidth < 6) return `${sign}${fit(title, Math.max(1, usable))}`;
  const painted = step.status === 'waiting' ? paint.dim(pad(title, titleWidth)) : pad(title, titleWidth);
  return `${sign}${painted} ${paint.dim(pad(detailOf(step, detailWidth), detailWidth) + time.padStart(TIME))}`;
}

function signOf(step: StepView, { paint, symbols, tick }: ViewFrame): string {
  switch (step.status) {
    case 'running':
      return paint.cyan(symbols.spinner[tick % symbols.spinner.length] ?? '');
    case 'done':
      return paint.green(symbols.done);
    case 'failed':
      return paint.red(symbols.failed);
    case 'skipped':
      return paint.dim('-');
    default:
      return paint.dim(symbols.waiting);
  }
}

function timeOf(step: StepView, now: number): string {
  if (step.status === 'running' && step.startedAt !== undefined)
    return formatDuration(Math.max(0, now - step.startedAt));
  return step.durationMs === undefined ? '' : formatDuration(step.durationMs);
}

function detailOf(step: StepView, columns: number): string {
  const { progress } = step;
  const count =
    progress === undefined
      ? ''
      : progress.total === undefined
        ? `${progress.done}`
        : `${progress.done}/${progress.total}`;
  const detail = printable(step.detail ?? '');
  if (count === '') return fit(detail, columns);
  return detail === '' ? count : `${count} ${fit(detail, columns - count.length - 1, 'end')}`;
}
