/** Diffs all pairs below a folder in one call and writes the output to a file: `diff-natively.ts <root> <output>`. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { unifiedDiffs } from '../../src/diff/index.ts';
import { readPairs } from './read-pairs.ts';

const [root = '', output = ''] = process.argv.slice(2);
const named = [...readPairs(root)].map(({ name, ...pair }) => ({ ...pair, from: `a/${name}`, to: `b/${name}` }));
const file = openSync(output, 'w');
for (const diff of unifiedDiffs(named)) writeSync(file, diff as string);
closeSync(file);
