/** What the command's exit code says; scripts rely on these numbers. */
export const exitCode = {
  /** Verified, nothing to do, or landed unverified without `--strict` (the report says so). */
  done: 0,
  /** Failed, and everything was taken back. */
  failed: 1,
  /** Wrong usage: an unknown option, a path that does not exist, a malformed settings file. */
  usage: 2,
  needsModel: 3,
  /** Refused by policy. */
  refused: 4,
  /** Somebody else's edit stands in the way. */
  conflict: 5,
  /** Landed unverified, with `--strict`. */
  unverified: 6,
  /** Landed in part; the rest was taken back and is named. */
  partly: 7,
  timedOut: 8,
  /** Another run holds the repository. */
  busy: 9,
  interrupted: 130,
} as const;

/** One of the numbers of {@link exitCode}. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The codes as `--help` prints them. */
export const exitCodeHelp = [
  '0 done               1 failed, rolled back     2 wrong usage',
  '3 needs a model      4 refused by policy       5 conflict with an edit',
  '6 unverified, with --strict                    7 landed in part',
  '8 timed out          9 busy                    130 interrupted, rolled back',
];
