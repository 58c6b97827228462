import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from '../measure/execute.ts';
import { place } from '../place.ts';
import { plantPackageJson } from '../plant/package-json.ts';
import { apply, type DependencyDefect, type Plant, type Planting } from '../plant/plant.ts';
import { plantPythonCycles } from '../plant/python-cycles.ts';
import { plantPythonImports } from '../plant/python-imports.ts';
import { plantPythonProject } from '../plant/python-project.ts';
import { plantTypescriptCycles } from '../plant/typescript-cycles.ts';
import { plantTypescriptImports } from '../plant/typescript-imports.ts';
import { copyTree, type Tree } from './tree.ts';

/** A tree in three states. Between the second and the third lies only what a fix has to take out again. */
export interface PlantedTree {
  base: Tree;
  /** Cycles and those dependency defects that a person has to decide on. */
  lasting: Tree;
  /** Unused imports and unused dependencies on top. */
  planted: Tree;
  plants: Plant[];
}

/** How many plants of each sort. */
export interface Amounts {
  imports: number;
  /** New rings of modules; as many single back edges in TypeScript. */
  cycles: number;
  /** Of every kind of dependency defect; 0 where the tree's manifest is no case for them. */
  dependencies: number;
}

/** Plants defects into copies of a tree, or takes the copies of an earlier call with the same tree and amounts. */
export async function plantTree(base: Tree, amounts: Amounts): Promise<PlantedTree> {
  const label = `${base.name}-${amounts.imports}-${amounts.cycles}-${amounts.dependencies}`;
  const record = join(place.trees, `${label}.plants.json`);
  const lasting = { ...base, name: `${base.name}, cycles planted`, root: join(place.trees, `${label}-lasting`) };
  const planted = { ...base, name: `${base.name}, planted`, root: join(place.trees, `${label}-planted`) };
  if (existsSync(record)) {
    return { base, lasting, planted, plants: JSON.parse(await readFile(record, 'utf8')) as Plant[] };
  }
  const kit = base.language === 'typescript' ? typescriptKit : pythonKit;
  const plants: Plant[] = [];
  await copyTree(base.root, `${label}-lasting`);
  await grow(lasting.root, kit.cycles(amounts.cycles), plants, kit.extensions);
  const decided: DependencyDefect[] = ['unlisted', 'misplaced', 'duplicate', ...kit.kept];
  await grow(lasting.root, kit.dependencies(amounts.dependencies, decided, 12), plants, kit.extensions);
  await copyTree(lasting.root, `${label}-planted`);
  await grow(planted.root, kit.dependencies(amounts.dependencies, kit.removable, 13), plants, kit.extensions);
  await grow(planted.root, kit.imports(amounts.imports), plants, kit.extensions);
  await writeFile(record, JSON.stringify(plants));
  return { base, lasting, planted, plants };
}

type Planter = (root: string, files: string[]) => Promise<Planting>;

async function grow(root: string, planter: Planter, plants: Plant[], extensions: RegExp): Promise<void> {
  const planting = await planter(root, await sources(root, extensions));
  await apply(root, planting.insertions);
  plants.push(...planting.plants);
}

/** The tree's own source files, as git would list them: sorted, ignored ones left out. */
export async function sources(root: string, extensions: RegExp): Promise<string[]> {
  const argv = ['git', 'ls-files', '--others', '--cached', '--exclude-standard'];
  const { stdout } = await execute({ argv, cwd: root });
  const files = stdout
    .split('\n')
    .filter((file) => extensions.test(file) && !/\.d\.ts$|(^|\/)(electron-)?shared\//.test(file));
  return files.sort();
}

const typescriptKit = {
  kept: [] as DependencyDefect[],
  removable: ['unused', 'only-unused-imports'] as DependencyDefect[],
  extensions: /\.(tsx?|js)$/,
  cycles:
    (count: number): Planter =>
    (root, files) =>
      plantTypescriptCycles(root, files, { seed: 11, rings: count, backEdges: count }),
  dependencies:
    (each: number, kinds: DependencyDefect[], seed: number): Planter =>
    (root, files) =>
      plantPackageJson(root, files, { seed, each, kinds }),
  imports:
    (count: number): Planter =>
    (root, files) =>
      plantTypescriptImports(root, files, { seed: 14, count }),
};

const pythonKit = {
  /** The target of such an import is a third party's: without `--unsafe` the import and with it the dependency stay. */
  kept: ['only-unused-imports'] as DependencyDefect[],
  removable: ['unused'] as DependencyDefect[],
  extensions: /\.py$/,
  cycles:
    (count: number): Planter =>
    (root, files) =>
      plantPythonCycles(root, files, { seed: 11, rings: count }),
  dependencies:
    (each: number, kinds: DependencyDefect[], seed: number): Planter =>
    async (root, files) =>
      each === 0 ? { plants: [], insertions: [] } : plantPythonProject(root, files, { seed, each, kinds }),
  imports:
    (count: number): Planter =>
    (root, files) =>
      plantPythonImports(root, files, { seed: 14, count }),
};
