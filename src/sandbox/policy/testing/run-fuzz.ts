/**
 * `npm run fuzz:policy -- [--cases 100000] [--seed n]`: random command lines and paths against the standard policy, and half
 * as many random policies against random commands, each judged a second time by an oracle. Exit code 1 when something is
 * allowed that no rule means, or that may never be.
 */
import { parseArgs } from 'node:util';
import { fuzzRules, fuzzStandardPolicy, type PolicyFuzzReport } from './fuzz-policy.ts';

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
const cases = Number(values.cases ?? 100_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
process.stdout.write(`seed ${seed}\n`);
tell('command lines against the standard policy', () => fuzzStandardPolicy(cases, seed));
tell('random policies against random commands', () => fuzzRules(Math.ceil(cases / 2), seed));

function tell(what: string, fuzz: () => PolicyFuzzReport): void {
  try {
    const { cases, allow, ask, deny, stricter } = fuzz();
    process.stdout.write(
      `${what}: ${cases} cases, ${allow} allowed, ${ask} asked, ${deny} denied, ${stricter} stricter than the oracle, 0 wrong\n`,
    );
  } catch (error) {
    process.stdout.write(`${what}: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
