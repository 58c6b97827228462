import { type Random, random } from './random.ts';

export type EdgeKind = 'value' | 'type';

/** One module of a tree that does not exist yet: who it is and whom it imports, by index. */
export interface ShapeModule {
  index: number;
  /** The package it belongs to. */
  group: number;
  imports: { to: number; kind: EdgeKind }[];
}

/** The graph of a tree before any text is written. */
export interface Shape {
  modules: ShapeModule[];
  groups: number;
}

export interface ShapeOptions {
  seed: number;
  /** Number of modules. */
  modules: number;
  /** Modules per package, on average. */
  perGroup: number;
}

/**
 * A module graph with the look of a real one: most modules stand alone, a few share small cycles, one cycle is large;
 * a module imports some neighbours and some old favourites; packages only import packages before them.
 */
export function shape(options: ShapeOptions): Shape {
  const source = random(options.seed);
  const groups = Math.max(2, Math.round(options.modules / options.perGroup));
  const modules: ShapeModule[] = [];
  const components = componentSizes(options.modules, source);
  let group = 0;
  const perGroup = options.modules / groups;
  for (const size of components) {
    while (group < groups - 1 && modules.length >= (group + 1) * perGroup) group += 1;
    const start = modules.length;
    for (let offset = 0; offset < size; offset += 1) {
      const module: ShapeModule = { index: start + offset, group, imports: [] };
      modules.push(module);
      if (size > 1) addImport(module, start + ((offset + 1) % size), 'value');
      addOlderImports(module, start, modules, source);
    }
    if (size > 3) addChords(modules.slice(start), source);
  }
  addTypeCycles(modules, source);
  return { modules, groups };
}

/** Sizes of the strongly connected components, in order, adding up to `total`: a power law and one large one. */
function componentSizes(total: number, source: Random): number[] {
  const large = total >= 100 ? Math.round(total * 0.03) : 0;
  const sizes: number[] = [];
  let left = total - large;
  while (left > 0) {
    const size = source.chance(0.03) ? Math.min(left, 12, Math.floor(2 * (1 - source.next()) ** -0.8)) : 1;
    sizes.push(size);
    left -= size;
  }
  if (large > 0) sizes.splice(Math.floor(sizes.length * 0.6), 0, large);
  return sizes;
}

function addImport(module: ShapeModule, to: number, kind: EdgeKind): void {
  if (to === module.index || module.imports.some((edge) => edge.to === to)) return;
  module.imports.push({ to, kind });
}

function addOlderImports(module: ShapeModule, before: number, modules: ShapeModule[], source: Random): void {
  if (before === 0) return;
  let count = 1;
  while (count < 14 && source.chance(0.72)) count += 1;
  for (; count > 0; count -= 1) {
    const neighbour = before - 1 - source.below(Math.min(before, 30));
    const favourite = Math.floor(before * source.next() ** 2);
    const to = modules[source.chance(0.7) ? neighbour : favourite];
    if (to !== undefined) addImport(module, to.index, source.chance(0.2) ? 'type' : 'value');
  }
}

function addChords(component: ShapeModule[], source: Random): void {
  for (const module of component) {
    if (source.chance(0.5)) addImport(module, source.pick(component).index, 'value');
  }
}

/** About one module in a hundred gets a type-only import from a later module of its package that imports it. */
function addTypeCycles(modules: ShapeModule[], source: Random): void {
  for (const later of modules) {
    if (!source.chance(0.01)) continue;
    const earlier = later.imports
      .filter((edge) => edge.kind === 'value')
      .map((edge) => modules[edge.to])
      .find((target) => target?.group === later.group && target.index < later.index);
    if (earlier !== undefined) addImport(earlier, later.index, 'type');
  }
}
