import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Random, random } from '../generator/random.ts';
import type { Insertion, Planting } from './plant.ts';
import { type PythonImport, type PythonSites, pythonSites } from './python-sites.ts';

interface Site {
  file: string;
  text: string;
  /** Offset of the first character of each line; index 0 is line 1. */
  lines: number[];
  eol: string;
  sites: PythonSites;
  /** Top-level packages of the tree itself. */
  own: Set<string>;
  local: string;
  source: Random;
}

type Form = (site: Site) => Insertion | { insertion: Insertion; name: string } | undefined;

/** Parts of the standard library whose import has no effect, each with a name to import. */
const library = [
  ['json', 'dumps'],
  ['colorsys', 'rgb_to_hls'],
  ['textwrap', 'dedent'],
  ['fnmatch', 'fnmatch'],
  ['heapq', 'heappush'],
  ['statistics', 'mean'],
] as const;

/** Puts `count` unused imports into `files`, one per file, in every form that the language has. */
export async function plantPythonImports(
  root: string,
  files: string[],
  options: { seed: number; count: number },
): Promise<Planting> {
  const source = random(options.seed);
  const wanted = files.filter((file) => !file.endsWith('__init__.py') && !file.includes('planted'));
  const all = await pythonSites(root, wanted);
  const own = new Set(files.map((file) => file.replace(/^src\//, '').split('/')[0] as string));
  const planting: Planting = { plants: [], insertions: [] };
  const names = Object.keys(forms);
  for (const file of source.sample([...all.keys()], all.size)) {
    const number = planting.plants.length;
    if (number >= options.count) break;
    const sites = all.get(file) as PythonSites;
    const text = await readFile(join(root, file), 'utf8');
    if (sites.imports.length === 0 || text.includes('planted') || text.startsWith('\uFEFF')) continue;
    const eol = text.includes('\r\n') ? '\r\n' : '\n';
    const free = sites.attributes.filter((name) => /^[a-z]\w{3,}$/.test(name));
    const local = source.chance(0.85) || free.length === 0 ? `planted_${number}` : source.pick(free);
    const site: Site = { file, text, lines: lineOffsets(text), eol, sites, own, local, source };
    const planted = firstFitting(names, number, site);
    if (planted === undefined) continue;
    planting.insertions.push(planted.insertion);
    planting.plants.push({ class: 'import', form: planted.form, file, name: planted.name });
  }
  return planting;
}

function firstFitting(names: string[], number: number, site: Site) {
  for (let step = 0; step < names.length; step += 1) {
    const form = names[(number + step) % names.length] as string;
    const made = forms[form]?.(site);
    if (made === undefined) continue;
    return 'insertion' in made ? { form, ...made } : { form, insertion: made, name: site.local };
  }
  return undefined;
}

function lineOffsets(text: string): number[] {
  const offsets = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) offsets.push(at + 1);
  return offsets;
}

/** The import statements that stand alone on their lines and carry no comment: a comment may steer a tool. */
function plain({ text, lines, sites }: Site, where: PythonImport['where']): PythonImport[] {
  return sites.imports.filter((node) => {
    const own = text.slice(lines[node.line - 1], lines[node.endLine] ?? text.length);
    return node.where === where && node.module !== '__future__' && !/[#;\\]/.test(own) && node.names[0]?.[0] !== '*';
  });
}

/** Whole lines after an import of the module or of its `TYPE_CHECKING` block. */
function statement(where: PythonImport['where'], write: (site: Site, name: readonly [string, string]) => string): Form {
  return (site) => {
    const nodes = plain(site, where);
    if (nodes.length === 0) return undefined;
    const node = site.source.pick(nodes);
    const at = site.lines[node.endLine];
    if (at === undefined) return undefined;
    const written = `${write(site, site.source.pick(library))}\n`.replace(/^/, ' '.repeat(node.column));
    return { file: site.file, at, text: written.replaceAll('\n', site.eol) };
  };
}

/** An import that binds a name under which the file knows nothing else. */
const plainName: Form = (site) => {
  const free = library.filter(([module]) => !site.sites.names.includes(module));
  if (free.length === 0) return undefined;
  const name = site.source.pick(free)[0];
  const insertion = statement('module', () => `import ${name}`)(site);
  return insertion === undefined || 'insertion' in insertion ? undefined : { insertion, name };
};

const dottedName: Form = (site) => {
  if (site.sites.names.includes('xml')) return undefined;
  const insertion = statement('module', () => 'import xml.dom.minidom')(site);
  return insertion === undefined || 'insertion' in insertion ? undefined : { insertion, name: 'xml.dom.minidom' };
};

/**
 * One more name in a `from` import that has others, of a module that can be known: what a third party's package does
 * when a name is taken from it cannot, so such an import is left alone.
 */
function specifier(place: 'first' | 'last' | 'own-line'): Form {
  return (site) => {
    const nodes = plain(site, 'module').filter((node) => {
      const single = node.line === node.endLine;
      const spread =
        node.nameLines.every((line) => line > node.line) && new Set(node.nameLines).size === node.names.length;
      return node.kind === 'from' && isKnown(site, node) && (place === 'own-line' ? spread : single);
    });
    if (nodes.length === 0) return undefined;
    const node = site.source.pick(nodes);
    const added = `${node.names[0]?.[0]} as ${site.local}`;
    const line = (number: number) => site.lines[(node.nameLines[number] as number) - 1] as number;
    const columns = node.nameColumns;
    const end = columns.length - 1;
    const { file } = site;
    if (place === 'first') return { file, at: line(0) + (columns[0]?.[0] as number), text: `${added}, ` };
    if (place === 'last') return { file, at: line(end) + (columns[end]?.[1] as number), text: `, ${added}` };
    return { file, at: line(0), text: `${' '.repeat(columns[0]?.[0] as number)}${added},${site.eol}` };
  };
}

function isKnown({ own }: Site, { module }: PythonImport): boolean {
  const top = module?.split('.')[0] ?? '';
  return top === '' || own.has(top) || library.some(([name]) => name === top);
}

/** The first statement of a function, after its docstring. */
const inFunction: Form = ({ file, lines, sites, local, eol, source }) => {
  if (sites.bodies.length === 0) return undefined;
  const [line, column] = source.pick(sites.bodies);
  return { file, at: lines[line - 1] as number, text: `${' '.repeat(column)}import json as ${local}${eol}` };
};

const forms: Record<string, Form> = {
  'whole-import': statement('module', ({ local }, [module]) => `import ${module} as ${local}`),
  'whole-from': statement('module', ({ local }, [module, name]) => `from ${module} import ${name} as ${local}`),
  'whole-multi-line': statement(
    'module',
    ({ local }, [module, name]) => `from ${module} import (\n    ${name} as ${local},\n)`,
  ),
  'whole-plain-name': plainName,
  'whole-dotted-name': dottedName,
  'whole-type-checking': statement(
    'typing',
    ({ local }, [module, name]) => `from ${module} import ${name} as ${local}`,
  ),
  'specifier-first': specifier('first'),
  'specifier-last': specifier('last'),
  'specifier-own-line': specifier('own-line'),
  'in-function': inFunction,
};
