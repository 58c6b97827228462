import { CHECK_RULES } from './check-rules.ts';
import { READING_RULES } from './reading-rules.ts';
import { REFUSED_RULES } from './refused-rules.ts';
import type { CommandRule } from './sandbox-policy.ts';

/** Which commands the standard policy knows. */
export const STANDARD_RULES: readonly CommandRule[] = [...REFUSED_RULES, ...READING_RULES, ...CHECK_RULES];
