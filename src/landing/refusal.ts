import { isPyAgentError } from '../kernel/index.ts';
import type { LeftOut } from './landing-outcome.ts';

/** Nothing was made, and why. */
export interface Refusal {
  kind: 'refused';
  reason: string;
}

export const refused = (reason: string): Refusal => ({ kind: 'refused', reason });

export const readyUnless = (reason: string | undefined) =>
  reason === undefined ? { kind: 'ready' as const } : refused(reason);

/** `: .env: git ignores it; docs: …`, or nothing. */
export function told(leftOut: readonly LeftOut[]): string {
  return leftOut.length === 0 ? '' : `: ${leftOut.map(({ path, reason }) => `${path}: ${reason}`).join('; ')}`;
}

/** A git that fails is an outcome: it is the user's repository, and git says best what is wrong with it. */
export async function gitRefused<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (isPyAgentError(error, 'landing/git')) return refused(error.message);
    throw error;
  }
}
