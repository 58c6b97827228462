import { mkdir, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { components } from '../components.ts';
import { put } from '../trees/tree.ts';
import { type Random, random } from './random.ts';
import { type Shape, type ShapeModule, shape } from './shape.ts';
import { type ModuleFace, type PlannedImport, typescriptModule } from './typescript-module.ts';
import { putCompilerConfig, putExternals, putPackage, putRoot } from './typescript-workspace.ts';

/** What is true of a generated tree: the generator knows, nobody has to find out. */
export interface Truth {
  files: string[];
  /** Members of the strongly connected components over imports that survive compilation. */
  valueCycles: string[][];
  /** The same over all imports, types included; components that are no value cycles as well. */
  typeCycles: string[][];
}

interface Plan extends ModuleFace {
  group: number;
  jsx: boolean;
  path: string;
}

/** Writes a TypeScript monorepo of about `modules` files into `root`, with no unused import and exact manifests. */
export async function typescriptTree(root: string, options: { seed: number; modules: number }): Promise<Truth> {
  const graph = shape({ ...options, perGroup: 80 });
  const source = random(options.seed + 1);
  const externals = Array.from({ length: 40 }, (_, index) => `outside-${index + 1}`);
  const plans = graph.modules.map((module) => plan(module, source));
  const used = new Map<number, Set<string>>();
  const use = (group: number, name: string) => used.set(group, (used.get(group) ?? new Set()).add(name));

  for (const module of graph.modules) {
    const own = plans[module.index] as Plan;
    const imports = module.imports.map((edge) => {
      const target = plans[edge.to] as Plan;
      if (target.group !== own.group) use(own.group, packageName(target.group));
      return { specifier: specifier(own, target, source), target, kind: erased(edge.kind, own, target) };
    });
    const outside = source.chance(0.25) ? source.sample(externals, 1 + source.below(2)) : [];
    for (const name of [...outside, ...(own.jsx ? ['react'] : [])]) use(own.group, name);
    await put(join(root, own.path), typescriptModule({ ...own, imports, externals: outside, reexports: [] }, source));
  }
  for (let group = 0; group < graph.groups; group += 1) {
    await putIndexAndTest(root, group, graph, plans);
    await putPackage(root, packageName(group), folder(group), used.get(group) ?? new Set());
    await mkdir(join(root, 'node_modules/@made'), { recursive: true });
    await symlink(`../../${folder(group)}`, join(root, 'node_modules', packageName(group)));
  }
  await putExternals(root, externals);
  await putRoot(root);
  await putCompilerConfig(
    root,
    Array.from({ length: graph.groups }, (_, group) => [packageName(group), folder(group)]),
  );
  return truth(graph, plans);
}

function plan({ index, group }: ShapeModule, source: Random): Plan {
  const kind = source.next();
  const extension = kind < 0.88 ? 'ts' : kind < 0.96 ? 'tsx' : 'js';
  const area = source.pick(['', '', 'model/', 'view/', 'io/']);
  return {
    n: index,
    group,
    hasDefault: source.chance(0.2),
    hasTypes: extension !== 'js',
    jsx: extension === 'tsx',
    path: `${folder(group)}/src/${area}module-${index}.${extension}`,
  };
}

/** How one module names another: by a relative path, by the package's own `imports`, by its name, or by a path alias. */
function specifier(from: Plan, to: Plan, source: Random): string {
  const file = to.path.slice(folder(to.group).length + '/src/'.length);
  if (from.group !== to.group) {
    return source.chance(0.5) ? `${packageName(to.group)}/${file}` : `~part-${to.group}/${file.replace(/\.\w+$/, '')}`;
  }
  if (from.group % 4 === 1 && source.chance(0.3)) return `#src/${file}`;
  const relative = posix.relative(posix.dirname(from.path), to.path);
  const dotted = relative.startsWith('.') ? relative : `./${relative}`;
  return from.group % 2 === 0 ? dotted.replace(/\.\w+$/, '') : dotted.replace(/\.\w+$/, '.js');
}

async function putIndexAndTest(root: string, group: number, graph: Shape, plans: Plan[]): Promise<void> {
  const own = plans.filter((plan) => plan.group === group);
  const imported = new Set(
    graph.modules.flatMap((module) => (module.group === group ? module.imports.map((edge) => edge.to) : [])),
  );
  const base = `${folder(group)}/src`;
  const line = (plan: Plan) =>
    `export { make${plan.n} } from './${posix.relative(base, plan.path).replace(/\.\w+$/, '.js')}';\n`;
  const tops = own.filter((plan) => !imported.has(plan.n));
  const shown = tops.length > 0 ? tops : own.slice(0, 1);
  await put(join(root, base, 'index.ts'), shown.map(line).join(''));
  const first = shown[0] as Plan;
  const test = [
    "import { test } from 'node:test';",
    "import { equal } from 'outside-assert';",
    `import { make${first.n} } from './index.js';`,
    '',
    `test('nothing grows from nothing', () => equal(make${first.n}(0), 0));`,
    '',
  ];
  await put(join(root, base, 'index.test.ts'), test.join('\n'));
}

function truth(graph: Shape, plans: Plan[]): Truth {
  const path = (index: number) => (plans[index] as Plan).path;
  const edges = (kinds: string[]) =>
    new Map(
      graph.modules.map((module) => {
        const kept = module.imports.filter((edge) =>
          kinds.includes(erased(edge.kind, plans[module.index] as Plan, plans[edge.to] as Plan)),
        );
        return [path(module.index), new Set(kept.map((edge) => path(edge.to)))] as const;
      }),
    );
  const valueCycles = components(edges(['value']));
  const known = new Set(valueCycles.map((members) => members.join('\n')));
  const typeCycles = components(edges(['value', 'type'])).filter((members) => !known.has(members.join('\n')));
  return { files: plans.map((plan) => plan.path), valueCycles, typeCycles };
}

/** JavaScript neither has nor imports types: such an edge is a value import. */
function erased(kind: PlannedImport['kind'], from: Plan, to: Plan): PlannedImport['kind'] {
  return from.hasTypes && to.hasTypes ? kind : 'value';
}

function folder(group: number): string {
  return `packages/part-${group}`;
}

function packageName(group: number): string {
  return `@made/part-${group}`;
}
