import { STANDARD_POLICY } from '../../src/sandbox/index.ts';

/** What the standard policy protects in a workspace whether it is there or not. */
export const PROTECTED_NAMES: readonly string[] = STANDARD_POLICY.files.protect
  .filter(({ as }) => as !== 'nothing')
  .map(({ path }) => path);
