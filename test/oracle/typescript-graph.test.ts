/**
 * The TypeScript compiler as oracle of the graph and of unused imports: a module cycle at run time is one over the
 * imports that are left in the compiler's output, a cycle through types one over all imports, and an unused import is
 * what the compiler's own diagnostics name. The trees are random mixtures of every form of import and of use.
 */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Random, random } from '../../bench/generator/random.ts';
import { typescriptTree } from '../../bench/generator/typescript-tree.ts';
import { typescriptCycles } from '../../bench/oracle/typescript-graph.ts';
import { unusedImports } from '../../bench/oracle/unused-imports.ts';
import { apply } from '../../bench/plant/plant.ts';
import { plantTypescriptCycles } from '../../bench/plant/typescript-cycles.ts';
import { codeIndex } from '../../src/code/index.ts';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pyagent-graph-')));
  folders.push(root);
  return root;
}

/** What a module exports: a value, a function, a class, an interface, an enumeration, a default. */
const EXPORTS = `export const value@: number = 1;
export function call@(): number {
  return 2;
}
export class Shape@ {
  side = 3;
}
export interface Face@ {
  side: number;
}
export enum Mode@ {
  On,
}
export default value@;
`;

/** An import of module `@` and, behind the bar, how it is used. `#` is a number of its own. */
const IMPORTS = [
  "import { value@ } from '~'; | export const a# = value@;",
  "import { value@ as local# } from '~'; | export const b# = local#;",
  "import { value@ as unused# } from '~'; |",
  "import { value@ as shown# } from '~'; | export type C# = typeof shown#;",
  "import { call@ as run#, Face@ as Kind# } from '~'; | export const d#: Kind# = { side: run#() };",
  "import { Face@ as Only# } from '~'; | export type E# = Only#;",
  "import type { Face@ as Kept# } from '~'; | export type F# = Kept#;",
  "import type { Face@ as Gone# } from '~'; |",
  "import { type Face@ as Half#, value@ as whole# } from '~'; | export type G# = Half#;",
  "import { type Face@ as Left#, value@ as right# } from '~'; | export const h#: Left# = { side: right# };",
  "import * as all# from '~'; | export const i# = all#.value@;",
  "import * as types# from '~'; | export type J# = types#.Face@;",
  "import * as none# from '~'; |",
  "import first# from '~'; | export const k# = first#;",
  "import first#, { value@ as second# } from '~'; | export const l# = second#;",
  "import '~'; |",
  "export { value@ as again# } from '~'; |",
  "export type { Face@ as Twice# } from '~'; |",
  "export * as group# from '~'; |",
  "import { value@ as passed# } from '~'; | export { passed# };",
  "import { Face@ as Given# } from '~'; | export type { Given# };",
  "import { Shape@ as Parent# } from '~'; | export class M# extends Parent# {}",
  "import { Shape@ as Field# } from '~'; | export class N# { field?: Field#; }",
  "import { Mode@ as Flag# } from '~'; | export const o# = Flag#.On;",
  "import { Mode@ as Hint# } from '~'; | export function p#(mode: Hint#): number { return mode; }",
  "import { value@ as same# } from '~'; | export function q#(same#: number): number { return same#; }",
  "import { Face@ as Deep# } from '~'; | export const r# = (): Map<string, Deep#[]> => new Map();",
  "import { call@ as late# } from '~'; | export const s# = () => late#();",
];

/** A random tree of `size` modules in three folders with some `imports` imports each. */
async function randomTree(source: Random, size: number, imports: number): Promise<string> {
  const root = await newFolder();
  const path = (module: number) => `src/${['', 'inner/', 'other/deep/'][module % 3]}m${module}.ts`;
  for (let module = 0; module < size; module += 1) {
    const heads: string[] = [];
    const bodies: string[] = [];
    for (let count = 0; count < imports; count += 1) {
      const target = source.below(size);
      if (target === module) continue;
      const [head = '', body = ''] = source.pick(IMPORTS).split(' |');
      const up = '../'.repeat(path(module).split('/').length - 2) || './';
      const text = (part: string) =>
        part
          .replaceAll('@', String(target))
          .replaceAll('#', String(count))
          .replaceAll('~', up + path(target).slice('src/'.length));
      heads.push(text(head));
      bodies.push(text(body).trim());
    }
    const lines = [...heads, EXPORTS.replaceAll('@', String(module)), ...bodies];
    await mkdir(dirname(join(root, path(module))), { recursive: true });
    await writeFile(join(root, path(module)), `${lines.join('\n')}\n`);
  }
  const compilerOptions = { target: 'es2022', strict: true, noEmit: true, allowImportingTsExtensions: true, types: [] };
  const module = { module: 'esnext', moduleResolution: 'bundler' };
  await writeFile(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...compilerOptions, ...module } }));
  await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'random', type: 'module' }));
  return root;
}

/** Fails unless both say the same about cycles and unused imports. Gives how much there was to say. */
async function agree(root: string): Promise<{ value: number; type: number; unused: number }> {
  const report = await codeIndex().analyze({ root, checks: ['imports', 'cycles'] });
  const expected = typescriptCycles(root);
  const members = (kind: string) =>
    report.cycles
      .filter((component) => component.kind === kind && component.members.length > 1)
      .map((component) => component.members.join(' '))
      .sort();
  const joined = (components: string[][]) => components.map((component) => [...component].sort().join(' ')).sort();
  assert.deepEqual(members('value'), joined(expected.value));
  assert.deepEqual(members('type'), joined(expected.type));
  const ours = report.imports
    .filter((finding) => finding.kind === 'unused')
    .map((finding) => `${finding.path} ${finding.name}`)
    .sort();
  const theirs = unusedImports(root)
    .map(({ file, name }) => `${file} ${name}`)
    .sort();
  assert.deepEqual(ours, theirs);
  for (const component of report.cycles) {
    component.witness.forEach((step, index) => {
      assert.equal(step.to, component.witness[(index + 1) % component.witness.length]?.from);
    });
  }
  return { value: expected.value.length, type: expected.type.length, unused: theirs.length };
}

test('random trees have the cycles and the unused imports that the compiler sees', async () => {
  const total = { value: 0, type: 0, unused: 0 };
  for (let seed = 1; seed <= 6; seed += 1) {
    const source = random(seed);
    const root = await randomTree(source, 8 + source.below(30), 1 + (seed % 3));
    const found = await agree(root);
    total.value += found.value;
    total.type += found.type;
    total.unused += found.unused;
  }
  assert.ok(total.value > 2 && total.type > 1 && total.unused > 20, JSON.stringify(total));
});

test('a generated workspace with planted rings has the cycles that the compiler sees', async () => {
  const root = await newFolder();
  const { files } = await typescriptTree(root, { seed: 21, modules: 120 });
  const { insertions } = await plantTypescriptCycles(root, files, { seed: 4, rings: 6, backEdges: 6 });
  await apply(root, insertions);
  const found = await agree(root);
  assert.ok(found.value > 0);
});

test('the example repository has the cycles and the unused imports that the compiler sees', async () => {
  const root = await newFolder();
  const example = fileURLToPath(new URL('../../examples/tangled-shop/', import.meta.url));
  cpSync(example, root, { recursive: true, filter: (path) => !path.includes('node_modules') });
  const found = await agree(root);
  assert.ok(found.unused > 0);
});
