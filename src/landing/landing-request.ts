/** The ways in which a run can land, as they are written in settings. */
export const LANDING_MODES = ['in-place', 'patch', 'branch', 'commit', 'pull-request'] as const;

/** One of {@link LANDING_MODES}. */
export type LandingMode = (typeof LANDING_MODES)[number];

/** Where the changes of a run shall land when they do not stay in the tree. */
export type LandingRequest =
  | {
      mode: 'patch';
      /** The folder of the patch when no file is named; absolute. */
      folder: string;
      /** Absolute. Default: `<run>.patch` in the folder. */
      file?: string;
    }
  | { mode: 'commit' }
  | {
      mode: 'branch' | 'pull-request';
      /** The new branch. Default: `pyagent/<run>`. */
      branch?: string;
    };
