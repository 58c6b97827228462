import { native } from '../native/index.ts';
import type { Check, OrderVerdict, Report, SortedFile } from './report.ts';

/** What to analyse. */
export interface AnalyzeRequest {
  /** The repository: an absolute, existing folder. */
  root: string;
  /** Which parts of the report to fill. */
  checks: readonly Check[];
  /** Files, folders or globs relative to `root` that findings and changes are limited to. Default: everything. */
  only?: readonly string[];
  /** Also remove unused imports whose target cannot be shown to be free of effects. Default: false. */
  removeUnknownTargets?: boolean;
  /** Folder for the content-hash cache. Default: nothing is kept between processes. */
  cache?: string;
}

/** Files whose imports were sorted. */
export interface OrderRequest {
  /** The repository: an absolute, existing folder. */
  root: string;
  /** As in {@link AnalyzeRequest.cache}. */
  cache?: string;
  files: readonly SortedFile[];
}

/** Analyses one repository again and again; what did not change is not parsed a second time. */
export interface CodeIndex {
  /** Fails with `code/…` when the root cannot be read. */
  analyze(request: AnalyzeRequest): Promise<Report>;
  /** One verdict for each file, in their order. Fails like `analyze`. */
  importOrders(request: OrderRequest): Promise<OrderVerdict[]>;
}

/** A {@link CodeIndex} with nothing in memory yet. */
export function codeIndex(): CodeIndex {
  const index = native().createCodeIndex();
  return {
    analyze: async (request) => JSON.parse(await index.analyze(JSON.stringify(request))) as Report,
    importOrders: async (request) => JSON.parse(await index.importOrders(JSON.stringify(request))) as OrderVerdict[],
  };
}
