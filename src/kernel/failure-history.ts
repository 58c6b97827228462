/** One failure of a line of tasks. */
export interface Failure {
  /** The task that failed. */
  task: string;
  /** Where in the work: a step's or a skill's name. */
  stage: string;
  /** The error's code, or its text where there is none. */
  error: string;
  /** Whether the task tried to change the agent itself. Default: false. */
  selfImprovement?: boolean;
}

/** Whether a line may go on. */
export type LineState =
  | { kind: 'running' }
  | { kind: 'circuit-open'; stage: string; error: string; message: string }
  | { kind: 'line-stopped'; message: string };

/** What failed in a line of tasks. Once it says stop, it never says go again. */
export interface FailureHistory {
  /** Adds a failure and says whether the line may go on. */
  record(failure: Failure): LineState;
  state(): LineState;
  /** Every failure, oldest first. */
  list(): readonly Failure[];
}

/** The same failure this often means that repeating cannot help. */
const CIRCUIT_LIMIT = 3;
/** This many failed self-improvements stop the line. */
const SELF_IMPROVEMENT_LIMIT = 2;

/** An empty history. `earlier` puts a recorded one back. */
export function failureHistory(earlier: readonly Failure[] = []): FailureHistory {
  const failures: Failure[] = [];
  const counts = new Map<string, number>();
  let improvements = 0;
  let state: LineState = { kind: 'running' };
  const record = (failure: Failure): LineState => {
    failures.push({ ...failure });
    const key = JSON.stringify([failure.stage, failure.error]);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (failure.selfImprovement === true) improvements += 1;
    if (state.kind === 'running') state = judge(failure, count, improvements);
    return state;
  };
  for (const failure of earlier) record(failure);
  return { record, state: () => state, list: () => [...failures] };
}

function judge({ stage, error }: Failure, count: number, improvements: number): LineState {
  if (improvements >= SELF_IMPROVEMENT_LIMIT) {
    return { kind: 'line-stopped', message: `${improvements} self-improvements failed; a person should look first` };
  }
  if (count < CIRCUIT_LIMIT) return { kind: 'running' };
  const message = `"${stage}" failed ${count} times with the same error (${error}); trying again will not help`;
  return { kind: 'circuit-open', stage, error, message };
}
