import ts from 'typescript5';
import { type Random, random } from '../generator/random.ts';
import type { ImportPlant, Insertion, Planting } from './plant.ts';
import {
  lineStart,
  namedBindings,
  nextLine,
  packageFolder,
  relativeSpecifier,
  type SourceReader,
  type SourceView,
  sourceReader,
  specifierText,
} from './typescript-file.ts';

/** Something that can be imported: a module, as the file would name it, and an exported name of it. */
interface Target {
  specifier: string;
  exported: string;
  hasDefault: boolean;
}

interface Site {
  view: SourceView;
  target: Target;
  local: string;
  source: Random;
}

type Form = (site: Site) => Insertion | undefined;

/**
 * Puts `count` unused imports into `files`, one per file, in every form that the language has. Each names something
 * that exists and that the file already reaches, so that the tree still compiles and no cycle appears. Taking the
 * inserted text out again gives the file back byte for byte.
 */
export async function plantTypescriptImports(
  root: string,
  files: string[],
  options: { seed: number; count: number },
): Promise<Planting> {
  const source = random(options.seed);
  const reader = sourceReader(root);
  const planting: Planting = { plants: [], insertions: [] };
  const names = Object.keys(forms);
  for (const file of source.sample(files, files.length)) {
    if (planting.plants.length >= options.count) break;
    const view = await reader.view(file);
    if (view.imports.length === 0 || view.text.includes('planted')) continue;
    const target = await findTarget(root, view, reader, source);
    if (target === undefined) continue;
    const number = planting.plants.length;
    const site = { view, target, local: localName(view, number, source), source };
    const planted = firstFitting(names, number, site);
    if (planted === undefined) continue;
    const plant: ImportPlant = { class: 'import', form: planted.form, file, name: site.local };
    planting.plants.push(plant);
    planting.insertions.push(planted.insertion);
  }
  return planting;
}

/** Takes turns: plant number n gets form n when the file allows it, else the next one. */
function firstFitting(names: string[], number: number, site: Site): { form: string; insertion: Insertion } | undefined {
  for (let step = 0; step < names.length; step += 1) {
    const form = names[(number + step) % names.length] as string;
    const insertion = forms[form]?.(site);
    if (insertion !== undefined) return { form, insertion };
  }
  return undefined;
}

/** A module of the same package that a neighbour imports; without one, Node's own `path`. */
async function findTarget(
  root: string,
  view: SourceView,
  reader: SourceReader,
  source: Random,
): Promise<Target | undefined> {
  const home = packageFolder(root, view.file);
  for (const near of source.sample(view.imports, 4)) {
    const through = reader.resolve(view.file, specifierText(near));
    if (through === undefined) continue;
    const neighbour = await reader.view(through);
    for (const far of source.sample(neighbour.imports, 4)) {
      const file = reader.resolve(through, specifierText(far));
      const element = namedBindings(far)?.elements[0];
      if (file === undefined || element === undefined || file === view.file) continue;
      if (packageFolder(root, file) !== home || !/\.[jt]sx?$/.test(file)) continue;
      const hasDefault = /^export default /m.test((await reader.view(file)).text);
      const style = /\.\w+$/.exec(specifierText(near))?.[0] ?? '';
      const specifier = relativeSpecifier(view.file, file, style);
      return { specifier, exported: (element.propertyName ?? element.name).text, hasDefault };
    }
  }
  return source.chance(0.3) ? { specifier: 'path', exported: 'join', hasDefault: false } : undefined;
}

/** Mostly a new name; sometimes one that the file mentions as a property, which is no use of it. */
function localName(view: SourceView, number: number, source: Random): string {
  if (source.chance(0.8)) return `planted${number}`;
  const properties = new Set<string>();
  const bound = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const isProperty = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
      (isProperty ? properties : bound).add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(view.tree);
  const free = [...properties].filter((name) => !bound.has(name) && isFree(name));
  return free.length === 0 ? `planted${number}` : source.pick(free);
}

/** No word of the language, no name that the compiler gives a meaning of its own, and none that it overlooks (`_x`). */
function isFree(name: string): boolean {
  const reserved = ts.identifierToKeywordKind(ts.factory.createIdentifier(name)) !== undefined;
  return (
    !reserved && !name.startsWith('_') && !['React', 'constructor', 'prototype', 'arguments', 'eval'].includes(name)
  );
}

/** A whole statement on lines of its own, before the first import or after any. */
function statement(text: (site: Site) => string | undefined): Form {
  return (site) => {
    const { view, source } = site;
    const written = text(site);
    if (written === undefined) return undefined;
    const node = source.pick(view.imports);
    const at = source.chance(0.5) ? lineStart(view.text, node.getStart()) : nextLine(view.text, node.end);
    const line = view.text.slice(lineStart(view.text, node.getStart()), nextLine(view.text, node.end)).trimEnd();
    const previous = view.text.slice(lineStart(view.text, lineStart(view.text, node.getStart()) - 1), node.getStart());
    const alone = line === node.getText().trimEnd() && at > 0 && view.text[at - 1] === '\n';
    if (!alone || /@ts-|eslint|biome|prettier/.test(previous)) return undefined;
    return { file: view.file, at, text: `${written}\n`.replaceAll('\n', view.eol) };
  };
}

/** One more name in a statement that has others. */
function specifier(place: 'first' | 'last' | 'own-line', type: boolean): Form {
  return ({ view, local, source }) => {
    const candidates = view.imports.filter((node) => {
      const elements = namedBindings(node)?.elements;
      if (elements === undefined || elements.length === 0 || (type && node.importClause?.isTypeOnly)) return false;
      return (place === 'own-line') === spreadOverLines(view.text, elements);
    });
    if (candidates.length === 0) return undefined;
    const elements = namedBindings(source.pick(candidates))?.elements as ts.NodeArray<ts.ImportSpecifier>;
    const model = elements[0] as ts.ImportSpecifier;
    const kind = type || model.isTypeOnly ? 'type ' : '';
    const added = `${kind}${(model.propertyName ?? model.name).text} as ${local}`;
    if (place === 'first') return { file: view.file, at: model.getStart(), text: `${added}, ` };
    const last = elements[elements.length - 1] as ts.ImportSpecifier;
    if (place === 'last') return { file: view.file, at: last.end, text: `, ${added}` };
    const at = lineStart(view.text, source.pick(elements).getStart());
    const indent = /^[ \t]*/.exec(view.text.slice(at))?.[0] ?? '';
    return { file: view.file, at, text: `${indent}${added},${view.eol}` };
  };
}

function spreadOverLines(text: string, elements: ts.NodeArray<ts.ImportSpecifier>): boolean {
  return elements.every((element) => /^\s*$/.test(text.slice(lineStart(text, element.getStart()), element.getStart())));
}

const isScript = (view: SourceView) => /\.[mc]?jsx?$/.test(view.file);

const typed = (text: (site: Site) => string) => statement((site) => (isScript(site.view) ? undefined : text(site)));

const forms: Record<string, Form> = {
  'whole-named': statement(
    ({ target, local }) => `import { ${target.exported} as ${local} } from '${target.specifier}';`,
  ),
  'whole-namespace': statement(({ target, local }) => `import * as ${local} from '${target.specifier}';`),
  'whole-default': statement(({ target, local }) =>
    target.hasDefault ? `import ${local} from '${target.specifier}';` : undefined,
  ),
  'whole-type': typed(
    ({ target, local }) => `import type { ${target.exported} as ${local} } from '${target.specifier}';`,
  ),
  'whole-type-namespace': typed(({ target, local }) => `import type * as ${local} from '${target.specifier}';`),
  'whole-inline-type': typed(
    ({ target, local }) => `import { type ${target.exported} as ${local} } from '${target.specifier}';`,
  ),
  'whole-multi-line': statement(
    ({ target, local }) => `import {\n  ${target.exported} as ${local},\n} from '${target.specifier}';`,
  ),
  'whole-no-semicolon': statement(
    ({ target, local }) => `import { ${target.exported} as ${local} } from "${target.specifier}"`,
  ),
  'specifier-first': specifier('first', false),
  'specifier-last': specifier('last', false),
  'specifier-own-line': specifier('own-line', false),
  'specifier-inline-type': (site) => (isScript(site.view) ? undefined : specifier('last', true)(site)),
  'default-beside-named': ({ view, local, source }) => {
    const nodes = view.imports.filter((node) => {
      const clause = node.importClause as ts.ImportClause;
      return (
        !clause.isTypeOnly && clause.name === undefined && /outside-\d/.test(specifierText(node)) && namedBindings(node)
      );
    });
    if (nodes.length === 0) return undefined;
    const at = (namedBindings(source.pick(nodes)) as ts.NamedImports).getStart();
    return { file: view.file, at, text: `${local}, ` };
  },
};
