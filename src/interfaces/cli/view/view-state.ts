import type { EventEnvelope } from '../../../kernel/index.ts';

/** One step as the view knows it. */
export interface StepView {
  id: string;
  title: string;
  status: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  /** How often it was started. */
  rounds: number;
  /** Milliseconds since the epoch. */
  startedAt?: number;
  durationMs?: number;
  progress?: { done: number; total?: number };
  /** What it is at, or what came of it. */
  detail?: string;
}

/** What the view shows: a pure function of the events so far. */
export interface ViewState {
  run?: string;
  task?: string;
  priority?: string;
  root?: string;
  manifest?: string;
  startedAt?: number;
  /** In the order of the plan, then of their first start. */
  steps: readonly StepView[];
  changedFiles: number;
  findings: number;
  finished: boolean;
}

/** The state before the first event. */
export const emptyView: ViewState = { steps: [], changedFiles: 0, findings: 0, finished: false };

/** The state after `event`. An event of an unknown kind, or with fields that are missing, changes nothing it cannot. */
export function reduceView(state: ViewState, event: EventEnvelope): ViewState {
  const data = fields(event.data);
  switch (event.kind) {
    case 'run.started':
      return {
        ...state,
        run: event.run,
        startedAt: event.time,
        ...pick(data, ['task', 'priority', 'root', 'manifest']),
      };
    case 'plan.ready':
      return planned(state, list(data.nodes));
    case 'step.started':
      return stepStarted(state, text(data.node) ?? '?', text(data.title), number(data.iteration), event.time);
    case 'step.progress':
      return changeStep(state, text(data.node) ?? '?', (step) => ({ ...step, ...progress(data) }));
    case 'step.finished': {
      const searched = changeStep(state, BISECT, (step) =>
        step.status === 'running' ? finishedStep(step, {}, event.time) : step,
      );
      return changeStep(searched, text(data.node) ?? '?', (step) => finishedStep(step, data, event.time));
    }
    case 'step.skipped':
      return changeStep(state, text(data.node) ?? '?', (step) => ({ ...step, status: 'skipped' }));
    case 'check.started':
      return stepStarted(state, checkId(data), checkTitle(data), undefined, event.time);
    case 'check.finished':
      return changeStep(state, checkId(data), (step) => finishedStep(step, data, event.time));
    case 'bisect.step':
      return bisected(state, data, event.time);
    case 'finding':
      return { ...state, findings: state.findings + 1 };
    case 'change.applied':
      return { ...state, changedFiles: state.changedFiles + 1 };
    case 'run.finished':
      return { ...state, finished: true };
    default:
      return state;
  }
}

/** The search for the change that broke a check has no step of its own in the plan: it is a part of verifying. */
const BISECT = 'bisect';

type Fields = Readonly<Record<string, unknown>>;

/** The data of an event as far as it is an object. */
export function fields(data: unknown): Fields {
  return data !== null && typeof data === 'object' ? (data as Fields) : {};
}

/** `value` when it is a text with something in it. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function pick<Key extends string>(data: Fields, keys: readonly Key[]): Partial<Record<Key, string>> {
  return Object.fromEntries(
    keys.flatMap((key) => (text(data[key]) === undefined ? [] : [[key, data[key]]])),
  ) as Partial<Record<Key, string>>;
}

/** The check that an event is about, as a step of its own. */
export function checkId(data: Fields): string {
  return `check ${text(data.id) ?? ''} ${text(data.phase) ?? ''}`.trim();
}

/** `typecheck (before)`. */
export function checkTitle(data: Fields): string {
  const phase = text(data.phase);
  return `${text(data.id) ?? 'check'}${phase === undefined ? '' : ` (${phase})`}`;
}

function planned(state: ViewState, nodes: readonly unknown[]): ViewState {
  const known = new Set(state.steps.map((step) => step.id));
  const stepsOf = (node: Fields): StepView[] => {
    const id = text(node.id);
    // A loop is shown by the steps of its body; a condition takes no time.
    if (node.kind === 'loop') return bodyOf(node).flatMap(stepsOf);
    if (id === undefined || known.has(id) || node.kind === 'condition') return [];
    return [{ id, title: text(node.title) ?? id, status: 'waiting', rounds: 0 }];
  };
  const waiting = nodes.map(fields).flatMap(stepsOf);
  return { ...state, steps: [...state.steps, ...waiting] };
}

/** The body of a loop: a graph, or its nodes alone. */
function bodyOf({ body }: Fields): Fields[] {
  return (Array.isArray(body) ? list(body) : list(fields(body).nodes)).map(fields);
}

function stepStarted(
  state: ViewState,
  id: string,
  title: string | undefined,
  iteration: number | undefined,
  time: number,
): ViewState {
  const started = (before: StepView | undefined): StepView => ({
    id,
    title: title ?? before?.title ?? id,
    status: 'running',
    rounds: iteration ?? (before?.rounds ?? 0) + 1,
    startedAt: time,
  });
  if (state.steps.some((step) => step.id === id)) {
    return { ...state, steps: state.steps.map((step) => (step.id === id ? started(step) : step)) };
  }
  // What nobody planned (a check, a search) is a part of the step that runs.
  const within = state.steps.findLastIndex((step) => step.status === 'running');
  let at = within === -1 ? state.steps.length : within + 1;
  while (isPart(state.steps[at])) at += 1;
  return { ...state, steps: state.steps.toSpliced(at, 0, started(undefined)) };
}

const isPart = (step: StepView | undefined) => step?.id.startsWith('check ') === true || step?.id === BISECT;

function changeStep(state: ViewState, id: string, change: (step: StepView) => StepView): ViewState {
  return { ...state, steps: state.steps.map((step) => (step.id === id ? change(step) : step)) };
}

function progress(data: Fields): Partial<StepView> {
  const [done, total, detail] = [number(data.done), number(data.total), text(data.message)];
  return {
    ...(done === undefined ? {} : { progress: total === undefined ? { done } : { done, total } }),
    ...(detail === undefined ? {} : { detail }),
  };
}

const BAD = new Set(['failed', 'timed-out', 'cancelled']);
const SKIPPED = new Set(['skipped', 'unavailable']);

/** What the word of an outcome means for the view. */
export function statusOf(outcome: string | undefined): 'done' | 'failed' | 'skipped' {
  if (outcome === undefined) return 'done';
  return BAD.has(outcome) ? 'failed' : SKIPPED.has(outcome) ? 'skipped' : 'done';
}

function finishedStep(step: StepView, data: Fields, time: number): StepView {
  const { progress: _over, detail: _said, ...rest } = step;
  const summary = text(data.summary) ?? text(data.reason);
  const durationMs = number(data.durationMs) ?? (step.startedAt === undefined ? undefined : time - step.startedAt);
  return {
    ...rest,
    status: statusOf(text(data.outcome)),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(summary === undefined ? {} : { detail: summary }),
  };
}

function bisected(state: ViewState, data: Fields, time: number): ViewState {
  const id = BISECT;
  const running = state.steps.some((step) => step.id === id && step.status === 'running');
  const open = running ? state : stepStarted(state, id, 'find the change that fails', undefined, time);
  const detail = `try ${number(data.run) ?? '?'}, ${number(data.undecided) ?? '?'} changes left to judge`;
  return changeStep(open, id, (step) => ({ ...step, detail }));
}
