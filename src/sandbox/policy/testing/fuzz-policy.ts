import fc from 'fast-check';
import { type CommandRule, STANDARD_POLICY, type Verdict } from '../../index.ts';
import { commandLines, fewWords, nearRules, someRules } from './command-lines.ts';
import { judge, WORKSPACE } from './judge.ts';
import { neverAllowed } from './never-allowed.ts';
import { innermost, type OraclePlace, oracle } from './policy-oracle.ts';

/** What was tried, and how often each answer came. */
export interface PolicyFuzzReport {
  cases: number;
  allow: number;
  ask: number;
  deny: number;
  /** How often the product was stricter than the oracle, which reads a rule in every way. */
  stricter: number;
}

/** Where programs are found: some in the workspace, some nowhere, some on the machine. */
const FINDERS: readonly OraclePlace['find'][] = [
  undefined,
  () => undefined,
  (name) => `/opt/tools/${name}`,
  (name) => `${WORKSPACE}/bin/${name}`,
  (name) => (name === 'git' || name === 'x' || name === 'env' ? `${WORKSPACE}/bin/${name}` : `/usr/bin/${name}`),
];

const places = fc.record({
  folder: fc.constantFrom('', '', '', 'src', 'a/b', '..'),
  find: fc.constantFrom(...FINDERS),
  headless: fc.boolean(),
});
type Place = typeof places extends fc.Arbitrary<infer Shape> ? Shape : never;

/** Random command lines against the standard policy. Throws with the smallest command that breaks a promise. */
export function fuzzStandardPolicy(cases: number, seed: number): PolicyFuzzReport {
  return run(fc.tuple(fc.constant(undefined), commandLines, places), cases, seed, (argv, place, verdict) => {
    if (verdict.kind !== 'allow') return;
    const why = neverAllowed(innermost(argv), place.cwd);
    if (why !== undefined) throw new Error(`allowed, and never may be: ${why}`);
  });
}

const rulesAndCommand = someRules.chain((rules) =>
  fc.tuple(fc.constant(rules), fc.oneof(fewWords, nearRules(rules), nearRules(rules)), places),
);

/** Random rules against random commands. */
export function fuzzRules(cases: number, seed: number): PolicyFuzzReport {
  return run(rulesAndCommand, cases, seed, () => {});
}

function run(
  made: fc.Arbitrary<[readonly CommandRule[] | undefined, string[], Place]>,
  cases: number,
  seed: number,
  also: (argv: readonly string[], place: OraclePlace, verdict: Verdict) => void,
): PolicyFuzzReport {
  const report = { cases: 0, allow: 0, ask: 0, deny: 0, stricter: 0 };
  fc.assert(
    fc.property(made, ([given, argv, { folder, find, headless }]) => {
      const rules = given ?? STANDARD_POLICY.commands;
      const found = find === undefined ? {} : { find };
      const verdict = judge(argv, { rules, folder, headless, ...found });
      const place = { cwd: `${WORKSPACE}${folder === '' ? '' : `/${folder}`}`, workspace: WORKSPACE, ...found };
      const expected = oracle(rules, argv, place);
      const rank = ['deny', 'ask', 'allow'];
      const tooMuch = rank.indexOf(verdict.kind) > rank.indexOf(expected) || (headless && verdict.kind === 'ask');
      if (tooMuch) throw new Error(`the policy says ${verdict.kind}, the rules can only mean ${expected}`);
      also(argv, place, verdict);
      report.cases += 1;
      report[verdict.kind] += 1;
      if (!(headless && expected === 'ask') && verdict.kind !== expected) report.stricter += 1;
    }),
    { numRuns: cases, seed },
  );
  return report;
}
