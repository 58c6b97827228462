import type { Change, Report } from '../../code/index.ts';

/** What the built-in skills need from outside: an analysis of the tree as it is now, and a way to change it. */
export interface RepositoryServices {
  /** The analysis of the tree in its present state. Cheap when nothing changed since the last call. */
  analyze(): Promise<Report>;
  /**
   * Applies changes inside the run's transaction; in a dry run it records them as proposals.
   * Gives the paths that now differ (none in a dry run). A file that somebody changed since the analysis is left alone.
   */
  apply(changes: readonly Change[]): Promise<readonly string[]>;
  /**
   * Sorts the imports of files that this run changed, where the repository has a setting for it and its own tool is
   * installed; the result goes the way of `apply`. Gives the paths that now differ (none in a dry run).
   */
  sortImports(paths: readonly string[]): Promise<readonly string[]>;
  /** Whether manifests may be written (`--apply-deps`). */
  applyDependencies: boolean;
}

/** Objects of counts, as the built-in skills give them out. */
export function countsSchema(...names: readonly string[]): Record<string, unknown> {
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'integer', minimum: 0 }])),
    required: [...names],
    additionalProperties: false,
  };
}

/** The input of a skill that takes none. */
export const NO_INPUT = { type: 'object', additionalProperties: false } as const;

/** The input of a skill that can also just report. */
export interface ApplyInput {
  /** Whether the skill may change files. Default: true. */
  apply?: boolean;
}

/** The schema of {@link ApplyInput}. */
export const APPLY_INPUT = {
  type: 'object',
  properties: { apply: { type: 'boolean' } },
  additionalProperties: false,
} as const;

/** What a skill needs that only reads the repository. */
export const READ_REPOSITORY = { read: ['**'] };

/** `1 file`, `2 files`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
