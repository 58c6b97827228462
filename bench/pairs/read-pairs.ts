import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Two contents of one name. */
export interface ReadPair {
  name: string;
  before: Buffer;
  after: Buffer;
}

/** All files below `root/before` with their namesakes below `root/after`; read one by one, as they are asked for. */
export function* readPairs(root: string): Generator<ReadPair> {
  const [before, after] = [join(root, 'before'), join(root, 'after')];
  for (const entry of readdirSync(before, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const name = join(entry.parentPath, entry.name).slice(before.length + 1);
    yield { name, before: readFileSync(join(before, name)), after: readFileSync(join(after, name)) };
  }
}
