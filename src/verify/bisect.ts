import type { Clock } from '../kernel/index.ts';

/** What bisection works on and within. */
export interface BisectOptions<Unit> {
  /** The changes that are bad together, in the order in which they are applied. */
  units: readonly Unit[];
  /** Makes the tree hold exactly these units. Bisection calls it before each judgement. */
  apply(subset: readonly Unit[]): Promise<void>;
  /** Judges the tree as it is now. */
  judge(): Promise<'good' | 'bad' | 'stopped'>;
  /** Units that are probably to blame: they are set aside first, which often ends the search in two runs. Default: none. */
  suspects?: ReadonlySet<Unit>;
  /** How often the tree may be judged. Default: 60. */
  maxRuns?: number;
  /** When to give up, on `clock.monotonic()`. Default: never. */
  deadline?: number | undefined;
  clock: Clock;
  /** Hears of each judgement before it is made. */
  onStep?(step: { run: number; kept: number; testing: number; undecided: number }): void;
}

/** What bisection found. The tree holds exactly `kept`, unless it was `stopped`. */
export interface Bisection<Unit> {
  /** Judged good together. Empty when the search did not complete. */
  kept: Unit[];
  rejected: Unit[];
  runs: number;
  /** `exhausted`: runs or time ran out, so everything is rejected. `stopped`: the judge was interrupted. */
  kind: 'complete' | 'exhausted' | 'stopped';
}

/**
 * Finds units to leave out so that the rest is good. It grows a set that is known to be good by halves: what is good
 * beside it joins it, what is bad is halved, a single bad unit is rejected. Several independent culprits are found, and of
 * units that are bad only together the last; the cost is about 2 log2(units) judgements for each.
 */
export async function bisect<Unit>(options: BisectOptions<Unit>): Promise<Bisection<Unit>> {
  const search = new Search(options);
  const end = await search.run();
  const { runs } = search;
  if (end === 'stopped') return { kind: 'stopped', kept: [], rejected: [...options.units], runs };
  const kept = end === 'complete' ? options.units.filter((unit) => search.good.has(unit)) : [];
  await search.leaveTreeAt(kept);
  return { kind: end, kept, rejected: options.units.filter((unit) => !kept.includes(unit)), runs };
}

class Search<Unit> {
  readonly good = new Set<Unit>();
  runs = 0;
  readonly #options: BisectOptions<Unit>;
  #undecided: number;
  #applied: readonly Unit[] | undefined;

  constructor(options: BisectOptions<Unit>) {
    this.#options = options;
    this.#undecided = options.units.length;
  }

  async run(): Promise<'complete' | 'exhausted' | 'stopped'> {
    const { units, suspects } = this.#options;
    const suspected = units.filter((unit) => suspects?.has(unit));
    const others = units.filter((unit) => !suspects?.has(unit));
    try {
      if (suspected.length === 0 || others.length === 0) await this.#split(units);
      else {
        const allGood = await this.#add(others);
        // With all others in, the whole is what was bad from the start.
        if (allGood) await this.#split(suspected);
        else await this.#add(suspected);
      }
      return 'complete';
    } catch (error) {
      if (error instanceof SearchEnd) return error.why;
      throw error;
    }
  }

  async leaveTreeAt(kept: readonly Unit[]): Promise<void> {
    const same = this.#applied?.length === kept.length && this.#applied.every((unit, index) => unit === kept[index]);
    if (!same) await this.#options.apply(kept);
  }

  /** Adds what can be added of `units`; true when that is all of them. */
  async #add(units: readonly Unit[]): Promise<boolean> {
    if (!(await this.#isGoodWith(units))) {
      await this.#split(units);
      return false;
    }
    for (const unit of units) this.good.add(unit);
    this.#undecided -= units.length;
    return true;
  }

  /** Adds what can be added of `units`, which are known to be bad beside the good ones. */
  async #split(units: readonly Unit[]): Promise<void> {
    if (units.length <= 1) {
      this.#undecided -= units.length;
      return;
    }
    const middle = Math.ceil(units.length / 2);
    const leftIsGood = await this.#add(units.slice(0, middle));
    const right = units.slice(middle);
    // The left half joined the good ones, so that the right half is now tested as part of what was just bad.
    if (leftIsGood) await this.#split(right);
    else await this.#add(right);
  }

  async #isGoodWith(units: readonly Unit[]): Promise<boolean> {
    const { apply, judge, maxRuns = 60, deadline, clock, onStep } = this.#options;
    if (this.runs >= maxRuns || clock.monotonic() >= (deadline ?? Number.POSITIVE_INFINITY)) {
      throw new SearchEnd('exhausted');
    }
    this.runs += 1;
    onStep?.({ run: this.runs, kept: this.good.size, testing: units.length, undecided: this.#undecided });
    const tested = new Set(units);
    this.#applied = this.#options.units.filter((unit) => this.good.has(unit) || tested.has(unit));
    await apply(this.#applied);
    const verdict = await judge();
    if (verdict === 'stopped') throw new SearchEnd('stopped');
    return verdict === 'good';
  }
}

/** Unwinds the recursion; never leaves this file. */
class SearchEnd extends Error {
  readonly why: 'exhausted' | 'stopped';

  constructor(why: 'exhausted' | 'stopped') {
    super(why);
    this.why = why;
  }
}
