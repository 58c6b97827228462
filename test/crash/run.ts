/**
 * The long forms of the crash suite: `npm run crash`, `npm run powerloss`, `npm run crash:mutants`.
 *
 * `crash` kills the process at each file system call of each scenario, and lets each call fail (`kills` or `faults` after
 * it: only those); `powerloss` cuts the power wherever a journaling file system may leave something else; `crash:mutants`
 * breaks the sources on purpose and expects the two to notice (a pattern after it chooses among the mutants). The last line
 * counts; the exit code is 1 when anything was wrong.
 */
import { availableParallelism } from 'node:os';
import { failEverywhere } from './faults.ts';
import { killEverywhere, prepareInterrupted } from './kill-boundaries.ts';
import { type Lane, openLane, type Prepared } from './lane.ts';
import { runMutants } from './mutants.ts';
import { killThenCut } from './power/kill-then-cut.ts';
import type { DiskLog } from './power/log.ts';
import { neededFlushes } from './power/needed-flushes.ts';
import { cutEverywhere, linksFor } from './power/power-loss.ts';
import type { Ending } from './scenario.ts';
import { SHORT_KILLS, SHORT_POWER_CUTS } from './short-form.ts';
import { straceProblem } from './strace.ts';

/** A piece of work that needs a lane for itself, and the violations that it found. */
type Work = (lane: Lane) => Promise<string[]>;

const say = (line: string) => process.stdout.write(`${line}\n`);
const count = (value: object) => Object.entries(value).map(([key, number]) => `${key} ${number}`);

/** Where a recovery is killed: fractions of the commit that was killed before it. */
const INTERRUPTED = [0.15, 0.3, 0.45, 0.6, 0.75, 0.85];

const ENDINGS: readonly (readonly [Ending, boolean])[] = [
  ['commit', false],
  ['commit', true],
  ['capture', false],
  ['many', false],
  ['rollback', false],
  ['undo', false],
  ['redo', false],
];

function report(tally: { scenario: string; violations: string[] }, kind: string): string[] {
  const { scenario, violations, ...numbers } = tally;
  const plain = Object.entries(numbers).filter(([, value]) => typeof value === 'number');
  say(`${kind}, ${scenario}: ${count(Object.fromEntries(plain)).join(', ')}, violations ${violations.length}`);
  for (const violation of violations.slice(0, 20)) say(`  ${violation}`);
  return violations.map((violation) => `${kind}, ${scenario}: ${violation}`);
}

async function kill(lane: Lane, prepared: Prepared, name = ''): Promise<string[]> {
  const tally = await killEverywhere(lane, prepared, { progress: say });
  tally.scenario += name;
  for (const missed of tally.uncovered) tally.violations.push(`no kill came before ${missed}`);
  return report(tally, 'kill');
}

function boundaries(which = ''): Work[] {
  const kills = ENDINGS.map(
    ([ending, first]): Work =>
      async (lane) =>
        kill(lane, await lane.prepare(ending, { first })),
  );
  const recoveries = INTERRUPTED.map(
    (fraction): Work =>
      async (lane) => {
        const prepared = await prepareInterrupted(lane, await lane.prepare('commit'), fraction);
        return kill(lane, prepared, ` of a commit that was killed at ${100 * fraction} %`);
      },
  );
  const faults = ENDINGS.flatMap(([ending, first]) =>
    [false, true].map(
      (onwards): Work =>
        async (lane) => {
          const errors = ending === 'commit' && !first && !onwards ? 'each' : 'in turn';
          const prepared = await lane.prepare(ending, { first });
          return report(
            await failEverywhere(lane, prepared, { errors, onwards, stride: onwards ? 4 : 1, progress: say }),
            'fault',
          );
        },
    ),
  );
  const recoveryFaults: Work = async (lane) => {
    const prepared = await prepareInterrupted(lane, await lane.prepare('commit'), 0.75);
    return report(await failEverywhere(lane, prepared, { progress: say }), 'fault');
  };
  const works = { kills: [...kills, ...recoveries], faults: [...faults, recoveryFaults] };
  return works[which as keyof typeof works] ?? [...works.kills, ...works.faults];
}

/** Where a process leaves something that the next one may rely on: each folder of its own, and steps in between. */
function firstSteps({ records }: DiskLog): number[] {
  const names = records.flatMap((record, at) =>
    record.kind === 'effect' && record.effect.kind === 'entries' ? [at] : [],
  );
  return names.filter((at, index) => records[at]?.call.name === 'mkdir' || index % 40 === 39);
}

/** Different trees that are judged per scenario and model; there are more when pairs are many. */
const STATES = 4_000;

function powerCuts(): Work[] {
  const cuts = ENDINGS.flatMap(([ending, first]) =>
    (['journal', 'weak'] as const).map(
      (model): Work =>
        async (lane) => {
          const options = { atMost: STATES, progress: say };
          return report(
            await cutEverywhere(lane, await lane.prepare(ending, { first, links: linksFor(ending) }), model, options),
            `power cut (${model})`,
          );
        },
    ),
  );
  const recoveries = (['journal', 'weak'] as const).map(
    (model): Work =>
      async (lane) => {
        const commit = await lane.prepare('commit', { links: 'overwritten' });
        const prepared = await prepareInterrupted(lane, commit, 0.75);
        return report(
          await cutEverywhere(lane, prepared, model, { atMost: STATES, progress: say }),
          `power cut (${model})`,
        );
      },
  );
  const afterKill: Work = async (lane) => {
    const prepared = await lane.prepare('commit', { first: true, links: 'overwritten' });
    const options = { at: firstSteps, model: 'weak', atMost: 500 } as const;
    const { judged, violations } = await killThenCut(lane, prepared, options);
    const tally = { scenario: 'first commit after a kill', judged, violations };
    return report(tally, 'power cut (weak)');
  };
  const flushes: Work = async (lane) => {
    const { needed, redundant } = await neededFlushes(
      lane,
      await lane.prepare('commit', { first: true, links: 'overwritten' }),
    );
    say(`flushes whose absence is noticed: ${needed.length}; redundant in this scenario: ${redundant.length}`);
    for (const flush of redundant) say(`  redundant: ${flush}`);
    return needed.length === 0 ? ['no flush is needed, by this suite'] : [];
  };
  return [...cuts, ...recoveries, afterKill, flushes];
}

/** Works side by side, each lane on one at a time. */
async function inLanes(works: Work[]): Promise<string[]> {
  const violations: string[] = [];
  const work = async () => {
    const lane = openLane();
    try {
      for (let next = works.shift(); next; next = works.shift()) violations.push(...(await next(lane)));
    } finally {
      lane.remove();
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  return violations;
}

/** The short suites until the first violation; for mutants. */
async function short(which = ''): Promise<string[]> {
  const checks = { kills: SHORT_KILLS, power: SHORT_POWER_CUTS }[which];
  if (!checks) throw new Error(`expected kills or power, found ${which}`);
  const lane = openLane();
  try {
    for (const { name, run } of checks) {
      const [first] = await run(lane);
      if (first === undefined) continue;
      say(`noticed: ${name}: ${first}`);
      return [first];
    }
  } finally {
    lane.remove();
  }
  return [];
}

const forms: Record<string, () => Promise<string[]>> = {
  short: () => short(process.argv[3]),
  boundaries: () => inLanes(boundaries(process.argv[3])),
  power: () => inLanes(powerCuts()),
  mutants: () => runMutants(say, process.argv[3]),
};

const form = forms[process.argv[2] ?? ''];
if (!form) throw new Error(`expected one of ${Object.keys(forms).join(', ')}, found ${process.argv[2]}`);
const problem = straceProblem();
if (problem) {
  say(`skipped: ${problem}`);
} else {
  const started = performance.now();
  const violations = await form();
  say(`${process.argv[2]}: ${violations.length} violations in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
