/** One line of the table. */
export interface Row {
  /** `--only` takes it, and a later run of the same row replaces this one. */
  group: string;
  what: string;
  /** The tree it was measured on, or the command. */
  on: string;
  /** Our number, with its unit; or why there is none. */
  ours: string;
  /** The peers' numbers in the same run. */
  peers: string;
  /** What it should be, with the measured ratio or value. */
  target?: Target;
  /** Names behind the numbers, printed on the terminal and kept out of the table. */
  details?: Record<string, string[]>;
}

export interface Target {
  /** In words: `at most 1.5 times oxlint no-unused-vars`. */
  text: string;
  /** The measured value in the same words: `1.2 times`. */
  measured: string;
  met: boolean;
}

export const seconds = (milliseconds: number): string =>
  `${(milliseconds / 1000).toFixed(milliseconds < 995 ? 3 : 2)} s`;

export const share = (value: number): string => value.toFixed(value === 1 ? 1 : 3);
