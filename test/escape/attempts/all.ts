import type { Attempt } from '../attempt.ts';
import { ALLOW_LIST } from './allow-list.ts';
import { CONTROL } from './control.ts';
import { DELAYED_EXECUTION } from './delayed-execution.ts';
import { EGRESS } from './egress.ts';
import { ENVIRONMENT } from './environment.ts';
import { EXHAUSTION } from './exhaustion.ts';
import { KERNEL } from './kernel.ts';
import { NETWORK } from './network.ts';
import { PATHS } from './paths.ts';
import { PROCESSES } from './processes.ts';

/** All attempts, in the order of their numbers. */
export const ATTEMPTS: readonly Attempt[] = [
  ...PATHS,
  ...DELAYED_EXECUTION,
  ...ALLOW_LIST,
  ...ENVIRONMENT,
  ...KERNEL,
  ...EXHAUSTION,
  ...PROCESSES,
  ...NETWORK,
  ...EGRESS,
  ...CONTROL,
].toSorted((one, other) => one.number - other.number);
