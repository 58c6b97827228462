import type { Check, CodeIndex, Report } from '../code/index.ts';

/** The analysis of one repository during a run. */
export interface Analysis {
  /** The report of the tree as it is now; computed again only after {@link Analysis.invalidate}. */
  current(): Promise<Report>;
  /** The report of the tree as the run found it. Absent before the first analysis. */
  first(): Report | undefined;
  /** The tree changed. */
  invalidate(): void;
}

/** What an {@link Analysis} works with. */
export interface AnalysisOptions {
  index: CodeIndex;
  root: string;
  /** Folder of the content-hash cache. */
  cache: string;
  only: readonly string[];
  removeUnknownTargets: boolean;
}

const CHECKS: readonly Check[] = ['imports', 'dependencies', 'cycles', 'dead-code'];

/** An {@link Analysis} that remembers its last report. */
export function analysis({ index, ...request }: AnalysisOptions): Analysis {
  let current: Promise<Report> | undefined;
  let first: Report | undefined;
  return {
    current: async () => {
      current ??= index.analyze({ ...request, checks: CHECKS });
      const report = await current;
      first ??= report;
      return report;
    },
    first: () => first,
    invalidate: () => {
      current = undefined;
    },
  };
}
