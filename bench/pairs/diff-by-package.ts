/** The same with the npm package `diff`: `diff-by-package.ts <root> <output>`; says how many pairs it gave up on. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { place } from '../place.ts';
import { readPairs } from './read-pairs.ts';

type CreatePatch = (
  from: string,
  to: string,
  before: string,
  after: string,
  fromHeader: undefined,
  toHeader: undefined,
  options: { context: number; timeout: number },
) => string | undefined;

const { createTwoFilesPatch } = createRequire(join(place.peers, 'package.json'))('diff') as {
  createTwoFilesPatch: CreatePatch;
};
const [root = '', output = ''] = process.argv.slice(2);
const file = openSync(output, 'w');
let givenUp = 0;
for (const { name, before, after } of readPairs(root)) {
  const [old, now] = [before.toString('utf8'), after.toString('utf8')];
  // Without a limit, one pair of long files that have little in common takes longer than all others together.
  const options = { context: 3, timeout: 5000 };
  const diff = createTwoFilesPatch(`a/${name}`, `b/${name}`, old, now, undefined, undefined, options);
  if (diff === undefined) givenUp += 1;
  else writeSync(file, diff);
}
closeSync(file);
process.stdout.write(`${givenUp}\n`);
