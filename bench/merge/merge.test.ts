import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../row-merge.ts';
import { generatedCases } from './generated-cases.ts';
import { wrongMerge } from './judge-merge.ts';
import { missingFrom } from './kept-lines.ts';
import type { MergeCase } from './merge-case.ts';
import { mergeByGit, mergeOurs } from './merge-tools.ts';
import { OutsideReader } from './outside-reader.ts';

test('generated cases that lines cannot merge have the known result', async () => {
  const cases = generatedCases();
  for (const merge of cases) {
    assert.equal(mergeByGit(merge).clean, undefined, `${merge.name} is no case for the syntax`);
    assert.equal(mergeOurs(merge).clean, merge.right, merge.name);
  }
  const rows = await rowsOf('smoke', cases, 'generated lists', false);
  assert.deepEqual(
    rows.flatMap(({ what, target }) => (target?.met === false ? [what] : [])),
    [],
  );
});

const appended: MergeCase = {
  name: 'lists',
  path: 'a.ts',
  base: 'export function first() {}\n',
  ours: 'export function first() {}\nexport function second() {}\n',
  theirs: 'export function first() {}\nexport function third() {}\n',
};

test('the oracle sees what is lost, doubled, changed and broken', async () => {
  const reader = new OutsideReader();
  try {
    const judge = (result: string) => wrongMerge(reader, appended, result);
    assert.equal(await judge(`${appended.ours}export function third() {}\n`), undefined);
    assert.match((await judge(appended.ours)) ?? '', /third/);
    assert.match(
      (await judge(`${appended.ours}export function third() {}\nexport function third() {}\n`)) ?? '',
      /third/,
    );
    assert.match((await judge(`${appended.ours}export function third() { }\n`)) ?? '', /third/);
    assert.equal(await judge(`${appended.ours}export function third( {}\n`), 'it does not parse');
    assert.match(missingFrom(appended, appended.theirs) ?? '', /second/);
  } finally {
    reader.close();
  }
});
