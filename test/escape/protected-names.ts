import { STANDARD_POLICY } from '../../src/sandbox/index.ts';

/** What the standard policy protects in a workspace. */
export const PROTECTED_NAMES: readonly string[] = STANDARD_POLICY.files.protect.map(({ path }) => path);
