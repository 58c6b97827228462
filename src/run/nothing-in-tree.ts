import { howToDiscard, nameOfLanded } from '../landing/index.ts';
import { readRun, type Store } from '../store/index.ts';
import type { RunReport } from './run-report.ts';

/**
 * What to say when there is nothing to undo or redo: `message`, and where the run (default: the newest) is when it
 * landed outside of the tree.
 */
export async function nothingInTree(message: string, store: Store, run: string | undefined): Promise<string> {
  const record = await readRun(store, run);
  const report = record?.report === undefined ? undefined : (JSON.parse(record.report) as RunReport);
  if (report?.landing === undefined) return message;
  const { as } = report.landing;
  const discard = howToDiscard(as, report.root);
  return `${message} ${report.run} left the tree as it was and landed as ${nameOfLanded(as)}. To throw that away: ${discard}`;
}
