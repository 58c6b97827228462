/**
 * One thing that a check complains about, under a name that stays the same as long as the complaint does: no line numbers,
 * durations or addresses.
 */
export interface CheckFailure {
  /** Identity and display at once: `src/a.ts: TS2304 Cannot find name 'x'.`, `a.test.js > adds`. */
  id: string;
  /** A test, a message of a compiler or linter, or only "it failed". */
  kind: 'test' | 'diagnostic' | 'opaque';
  /** Relative to the folder of the check where it lies inside. */
  file?: string;
}

/** What the output of a failed or passed check tells. */
export interface OutputReading {
  failures: CheckFailure[];
  /** How many tests passed; absent when the output has no count. */
  passed?: number;
  /** Why there may be failures that the output does not show; absent when it shows all. */
  incomplete?: string;
}

/** Reads one tool's output. Returns what it recognises and nothing for another tool's. */
export interface OutputReader {
  name: string;
  /** `lines` are without colours and carriage returns; `cwd` is where the check ran. */
  read(lines: readonly string[], cwd: string): OutputReading;
}
