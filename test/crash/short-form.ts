import { failEverywhere } from './faults.ts';
import { killEverywhere, prepareInterrupted } from './kill-boundaries.ts';
import type { Lane } from './lane.ts';
import { neededFlushes } from './power/needed-flushes.ts';
import { cutEverywhere, linksFor } from './power/power-loss.ts';
import type { Ending } from './scenario.ts';
import { refuseThenTakeOver } from './two-processes.ts';

/** A check of a few seconds, a sample of the long form. It returns what is wrong. */
export interface ShortCheck {
  name: string;
  run(lane: Lane): Promise<string[]>;
}

/** Kills at a sample of the file system calls, and faults. */
export const SHORT_KILLS: readonly ShortCheck[] = [
  {
    name: 'a commit that is killed leaves the tree before or after it',
    run: async (lane) => (await killEverywhere(lane, await lane.prepare('commit'), { stride: 19 })).violations,
  },
  {
    name: 'a rollback that is killed leaves the tree before the run',
    run: async (lane) =>
      (await killEverywhere(lane, await lane.prepare('rollback'), { stride: 41, offset: 20 })).violations,
  },
  {
    name: 'a command that is killed with its transaction is taken back',
    run: async (lane) =>
      (await killEverywhere(lane, await lane.prepare('capture'), { stride: 17, offset: 3 })).violations,
  },
  ...(['undo', 'redo'] as const).map((ending) => ({
    name: `${ending === 'undo' ? 'an' : 'a'} ${ending} that is killed leaves the tree before or after it`,
    run: async (lane: Lane) =>
      (await killEverywhere(lane, await lane.prepare(ending), { stride: 11, offset: 6 })).violations,
  })),
  {
    name: 'a recovery that is killed is finished by the next one',
    run: async (lane) => {
      const interrupted = await prepareInterrupted(lane, await lane.prepare('commit'), 0.75);
      return (await killEverywhere(lane, interrupted, { stride: 13, offset: 5 })).violations;
    },
  },
  {
    name: 'a second process is refused while the first one works, and recovers after it was killed',
    run: async (lane) => refuseThenTakeOver(lane, await lane.prepare('commit')),
  },
  {
    name: 'a call that fails in a commit is reported, and nothing is half applied',
    run: async (lane) =>
      (await failEverywhere(lane, await lane.prepare('commit'), { stride: 23, offset: 3 })).violations,
  },
  {
    name: 'a disk that stays full during an undo is reported, and the next process recovers',
    run: async (lane) =>
      (await failEverywhere(lane, await lane.prepare('undo'), { stride: 19, onwards: true })).violations,
  },
];

const cut = (ending: Ending, model: 'journal' | 'weak', atMost: number, first = false): ShortCheck => ({
  name: `a power cut during ${first ? 'the first ' : ''}${ending} leaves before or after, with a ${model} file system`,
  run: async (lane) =>
    (await cutEverywhere(lane, await lane.prepare(ending, { first, links: linksFor(ending) }), model, { atMost }))
      .violations,
});

/** What the protocol flushes, by the names that {@link neededFlushes} gives. */
const FLUSHES = {
  'the bytes of originals': /^\S+ \d+, fsync objects\/\w+\.draft/,
  'the names of originals': /^\S+ \d+, fsync state\/objects/,
  'the journal and the commit row': /^\S+ \d+, fsync state\/store\.db-wal/,
  'new content': /^\S+ \d+, (?:syncfs|fsync \S*\.pyagent-)/,
  'a file with several names': /^\S+ \d+, (?:syncfs|fsync repository\/linked\.bin)/,
  'the names of what changed': /^\S+ \d+, (?:syncfs|fsync (?:place\/repository|repository\/src))/,
};

/** Power cuts at a sample of the states, and the proof that the sample sees a flush that is not there. */
export const SHORT_POWER_CUTS: readonly ShortCheck[] = [
  cut('commit', 'journal', 150, true),
  cut('commit', 'weak', 250, true),
  cut('undo', 'weak', 120),
  cut('capture', 'weak', 120),
  cut('many', 'journal', 60),
  {
    name: 'each kind of flush is missed when it is left out of the log',
    run: async (lane) => {
      const kinds = Object.values(FLUSHES);
      // The first one of a kind that is missed will do.
      const wanted = (flush: string, needed: readonly string[]) =>
        kinds.some((kind) => kind.test(flush) && !needed.some((known) => kind.test(known)));
      const { needed } = await neededFlushes(
        lane,
        await lane.prepare('commit', { first: true, links: 'overwritten' }),
        {
          wanted,
        },
      );
      return Object.entries(FLUSHES)
        .filter(([, pattern]) => !needed.some((flush) => pattern.test(flush)))
        .map(([kind]) => `no flush is needed that is for ${kind}`);
    },
  },
];
