import { type CommandLine, type Execution, execute } from './execute.ts';
import { type Samples, samples } from './statistics.ts';

/** Something to time: a tool on a tree, or any command. */
export interface Contestant {
  name: string;
  command: CommandLine;
  /** Drops what it kept from earlier runs. With it, every round has a cold and a warm run; without it, one run. */
  forget?: () => Promise<void>;
  /** Throws when the run was no answer. */
  check(run: Execution): Promise<unknown> | unknown;
}

export interface Timing {
  name: string;
  /** Milliseconds with an empty cache of the tool's own; the system's page cache is warm for everyone. */
  cold: Samples;
  /** Milliseconds of a second run on the unchanged tree; absent for a tool that keeps nothing. */
  warm?: Samples;
  /** MiB: the largest process of any run. */
  peak: number;
  /** Why there are no numbers. */
  failure?: string;
}

/** Times all contestants in turns, so that a slow minute of the machine hits everyone alike. */
export async function rounds(contestants: Contestant[], count: number): Promise<Timing[]> {
  const runs = new Map(
    contestants.map(({ name }) => [name, { cold: [] as number[], warm: [] as number[], peak: 0, failure: '' }]),
  );
  for (let round = 0; round < count; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const { name, command, forget, check } = contestants[(turn + round) % contestants.length] as Contestant;
      const record = runs.get(name);
      if (record === undefined || record.failure !== '') continue;
      for (const list of forget === undefined ? [record.cold] : [record.cold, record.warm]) {
        if (list === record.cold) await forget?.();
        const run = await execute(command);
        try {
          await check(run);
        } catch (error) {
          record.failure = error instanceof Error ? error.message : String(error);
          break;
        }
        list.push(run.wallMs);
        record.peak = Math.max(record.peak, run.peakMiB);
      }
    }
  }
  return [...runs].map(([name, { cold, warm, peak, failure }]) => ({
    name,
    cold: samples(cold),
    ...(warm.length === 0 ? {} : { warm: samples(warm) }),
    peak,
    ...(failure === '' ? {} : { failure }),
  }));
}
