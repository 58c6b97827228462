import { native } from '../native/index.ts';

/**
 * A word for the state of each file of a repository that is neither ignored nor vendored, by path. Different words for
 * one file mean that it was written, replaced, or changed its mode in between. Fails with `code/…` for an unreadable root.
 */
export async function stampTree(root: string): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(JSON.parse(await native().stampTree(root)) as Record<string, string>));
}
