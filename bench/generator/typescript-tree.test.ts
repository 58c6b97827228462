import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import ts from 'typescript5';
import { typescriptCycles } from '../oracle/typescript-graph.ts';
import { compilerProgram } from '../oracle/typescript-program.ts';
import { unusedImports } from '../oracle/unused-imports.ts';
import { snapshot } from '../trees/snapshot.ts';
import { type Truth, typescriptTree } from './typescript-tree.ts';

let folder: string;
let root: string;
let truth: Truth;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
  root = join(folder, 'tree');
  truth = await typescriptTree(root, { seed: 8, modules: 100 });
});

after(() => rm(folder, { recursive: true, force: true }));

test('a generated tree compiles without an error', () => {
  const program = compilerProgram(root, { noEmit: true, allowImportingTsExtensions: true });
  const errors = program.getSemanticDiagnostics().concat(program.getSyntacticDiagnostics());
  assert.deepEqual(
    errors.map((error) => ts.flattenDiagnosticMessageText(error.messageText, '\n')),
    [],
  );
});

test('a generated tree has no unused import', () => {
  assert.deepEqual(unusedImports(root), []);
});

test('the generator knows the cycles that the compiler finds', () => {
  assert.ok(truth.valueCycles.length > 2);
  assert.ok(truth.typeCycles.length > 0);
  assert.deepEqual(typescriptCycles(root), { value: truth.valueCycles, type: truth.typeCycles });
});

test('equal seeds give equal trees and other seeds give others', async () => {
  await typescriptTree(join(folder, 'again'), { seed: 8, modules: 100 });
  await typescriptTree(join(folder, 'other'), { seed: 6, modules: 100 });
  const first = await snapshot(root);
  assert.deepEqual(await snapshot(join(folder, 'again')), first);
  assert.notDeepEqual(await snapshot(join(folder, 'other')), first);
});
