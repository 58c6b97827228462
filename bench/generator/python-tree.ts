import { join } from 'node:path';
import { components } from '../components.ts';
import { put } from '../trees/tree.ts';
import { pythonModule } from './python-module.ts';
import { random } from './random.ts';
import { shape } from './shape.ts';
import type { Truth } from './typescript-tree.ts';

/** Where the stand-ins for installed packages lie: what `.venv` holds in a real project. */
export const sitePackages = '.venv/lib/python3.11/site-packages';

/** Writes a Python project of about `modules` files into `root`, with no unused import and an exact pyproject.toml. */
export async function pythonTree(root: string, options: { seed: number; modules: number }): Promise<Truth> {
  const graph = shape({ ...options, perGroup: 60 });
  const source = random(options.seed + 1);
  const path = (index: number) => `src/made/part_${graph.modules[index]?.group}/module_${index}.py`;
  const edges = (kinds: string[]) =>
    new Map(
      graph.modules.map(({ index, imports }) => {
        const kept = imports.filter((edge) => kinds.includes(edge.kind));
        return [path(index), new Set(kept.map((edge) => path(edge.to)))] as const;
      }),
    );
  const valueCycles = components(edges(['value']));
  const known = new Set(valueCycles.map((members) => members.join('\n')));
  const cyclic = new Map(valueCycles.flatMap((members, number) => members.map((member) => [member, number] as const)));
  const externals = Array.from({ length: 30 }, (_, index) => external(index + 1));
  const used = new Set<string>();

  for (const { index, group, imports } of graph.modules) {
    const planned = imports.map(({ to, kind }) => {
      const target = graph.modules[to]?.group ?? 0;
      const together = cyclic.has(path(index)) && cyclic.get(path(index)) === cyclic.get(path(to));
      return { n: to, package: `made.part_${target}`, near: target === group, kind, cyclic: together };
    });
    const outside = source.chance(0.2) ? source.sample(externals, 1) : [];
    for (const { distribution } of outside) used.add(distribution);
    const plan = { n: index, imports: planned, externals: outside.map(({ module }) => module) };
    await put(join(root, path(index)), pythonModule(plan, source));
  }
  await putPackages(root, graph.groups);
  for (const { distribution, module } of externals) await putDistribution(root, distribution, module);
  await putDistribution(root, 'outside-assert', 'outside_assert');
  await putProject(root, [...used].sort());
  const typeCycles = components(edges(['value', 'type'])).filter((members) => !known.has(members.join('\n')));
  return { files: graph.modules.map(({ index }) => path(index)), valueCycles, typeCycles };
}

/** Every fifth is imported under a name that its own does not suggest. */
function external(number: number): { distribution: string; module: string } {
  const distribution = `outside-${number}`;
  return { distribution, module: number % 5 === 0 ? `faraway${number}` : `outside_${number}` };
}

async function putPackages(root: string, groups: number): Promise<void> {
  await put(join(root, 'src/made/__init__.py'), '');
  for (let group = 0; group < groups; group += 1) await put(join(root, `src/made/part_${group}/__init__.py`), '');
  const test =
    'from outside_assert import equal\n\nfrom made.part_0.module_0 import make_0\n\n\ndef test_nothing() -> None:\n    equal(make_0(0), 0)\n';
  await put(join(root, 'tests/test_made.py'), test);
}

/** Stand-in for one installed distribution, with the metadata that tells its import name. */
export async function putDistribution(root: string, distribution: string, module: string): Promise<void> {
  const info = join(root, sitePackages, `${distribution.replaceAll('-', '_')}-1.0.0.dist-info`);
  await put(
    join(root, sitePackages, module, '__init__.py'),
    'value = 1\n\n\ndef equal(one, other):\n    return one == other\n',
  );
  await put(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${distribution}\nVersion: 1.0.0\n`);
  await put(join(info, 'top_level.txt'), `${module}\n`);
  await put(join(info, 'RECORD'), `${module}/__init__.py,,\n`);
}

async function putProject(root: string, dependencies: string[]): Promise<void> {
  const lines = dependencies.map((name) => `    "${name}>=1.0",\n`).join('');
  const text = `[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "made"
version = "1.0.0"
requires-python = ">=3.10"
dependencies = [
${lines}]

[dependency-groups]
dev = [
    "outside-assert>=1.0",
]
`;
  await put(join(root, 'pyproject.toml'), text);
  await put(join(root, '.gitignore'), '.venv/\n__pycache__/\n');
}
