import type { Check, CodeIndex, ImportFinding, Report } from '../code/index.ts';

/** The analysis of one repository during a run. */
export interface Analysis {
  /** The report of the tree as it is now; computed again only after {@link Analysis.invalidate}. */
  current(): Promise<Report>;
  /** The report of the tree as the run found it. Absent before the first analysis. */
  first(): Report | undefined;
  /** The report of the tree as it is now, with the import findings of every analysis so far: those that were acted on too. */
  overall(): Promise<Report>;
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
  const imports = new Map<string, ImportFinding>();
  const now = async () => {
    current ??= index.analyze({ ...request, checks: CHECKS });
    const report = await current;
    first ??= report;
    for (const finding of report.imports) {
      // Lines move when an import above goes; the place where it was first seen is the one a person knows.
      const key = JSON.stringify([finding.path, finding.specifier, finding.name, finding.kind]);
      if (!imports.has(key)) imports.set(key, finding);
    }
    return report;
  };
  return {
    current: now,
    first: () => first,
    overall: async () => ({ ...(await now()), imports: [...imports.values()] }),
    invalidate: () => {
      current = undefined;
    },
  };
}
