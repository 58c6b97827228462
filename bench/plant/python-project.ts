import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { putDistribution, sitePackages } from '../generator/python-tree.ts';
import { random } from '../generator/random.ts';
import type { DependencyDefect, Insertion, Planting } from './plant.ts';
import { pythonSites } from './python-sites.ts';

/**
 * Distributions that install one module of their own name, known to every published mapping and neither a server nor a
 * tool that something may start by name: where nothing is
 * installed, nobody could tell what an invented name installs.
 */
const wellKnown = (
  'flask httpx redis boto3 tqdm pandas numpy scipy aiohttp pydantic starlette sanic peewee arrow pendulum termcolor tabulate ' +
  'colorama docopt structlog orjson msgpack ujson simplejson networkx sympy matplotlib seaborn plotly bokeh dask polars ' +
  'pyarrow h5py xarray numba nltk spacy gensim torch tensorflow keras bottle falcon pymongo pyramid fastapi sqlmodel ' +
  'shapely lightgbm xgboost gradio trimesh emoji'
).split(' ');

async function manifestText(root: string, ...manifests: Manifest[]): Promise<string> {
  const texts = await Promise.all(manifests.map(({ file }) => readFile(join(root, file), 'utf8')));
  return texts.join('\n').toLowerCase();
}

/** Where a project declares things: the file and where in it a new line goes. */
interface Manifest {
  file: string;
  /** Offset; negative where the file has no room. */
  at(text: string): number;
  line(name: string): string;
}

/** Puts `each` defects of every wanted kind into the project's manifest, with stand-ins where the tree has a `.venv`. */
export async function plantPythonProject(
  root: string,
  files: string[],
  options: { seed: number; each: number; kinds: DependencyDefect[] },
): Promise<Planting> {
  const source = random(options.seed);
  const { production, development } = manifests(root);
  const wanted = files.filter((file) => !/test|conftest|__init__|planted|docs?\/|tools\//.test(file));
  const sites = await pythonSites(root, wanted);
  const open = source.sample([...sites.keys()], sites.size);
  const installed = existsSync(join(root, sitePackages));
  const seen = await manifestText(root, production, development);
  const imported = new Set(
    [...sites.values()].flatMap(({ imports }) => imports.map(({ module, names }) => module ?? names[0]?.[0])),
  );
  const unseen = wellKnown.filter((name) => !seen.includes(name) && !imported.has(name));
  const planting: Planting = { plants: [], insertions: [] };
  for (const kind of options.kinds) {
    for (let number = 0; number < options.each; number += 1) {
      const name = installed ? `planted-${kind}-${number}` : (unseen.pop() as string);
      const module = name.replaceAll('-', '_');
      const use = await useIn(root, open, sites, module);
      const productionLine = await declaration(root, production, name);
      planting.plants.push({ class: 'dependency', kind, file: production.file, name });
      if (installed) await putDistribution(root, name, module);
      if (kind === 'unused') planting.insertions.push(productionLine);
      if (kind === 'only-unused-imports') {
        const [unused] = use as [Insertion];
        planting.insertions.push(productionLine, unused);
        planting.plants.push({
          class: 'import',
          form: 'of-planted-dependency',
          file: unused.file,
          name: `${module}_value`,
        });
      }
      if (kind === 'unlisted') planting.insertions.push(...use);
      if (kind === 'misplaced') planting.insertions.push(await declaration(root, development, name), ...use);
      if (kind === 'duplicate') planting.insertions.push(productionLine, productionLine, ...use);
    }
  }
  return planting;
}

function manifests(root: string): { production: Manifest; development: Manifest } {
  if (existsSync(join(root, 'requirements.txt'))) {
    const manifest = (file: string): Manifest => ({
      file,
      at: (text) => text.lastIndexOf('\n') + 1,
      line: (name) => `${name}>=1.0\n`,
    });
    return { production: manifest('requirements.txt'), development: manifest('test-requirements.txt') };
  }
  const manifest = (after: string): Manifest => ({
    file: 'pyproject.toml',
    at: (text) => (text.includes(after) ? text.indexOf(after) + after.length : -1),
    line: (name) => `    "${name}>=1.0",\n`,
  });
  return { production: manifest('dependencies = [\n'), development: manifest('dev = [\n') };
}

async function declaration(root: string, manifest: Manifest, name: string): Promise<Insertion> {
  const text = await readFile(join(root, manifest.file), 'utf8');
  const at = manifest.at(text);
  if (at < 0) throw new Error(`expected a list of dependencies in ${manifest.file}, found none`);
  return { file: manifest.file, at, text: manifest.line(name) };
}

/** An import in the next open file, and a use of it at the end of that file. */
async function useIn(
  root: string,
  open: string[],
  sites: Awaited<ReturnType<typeof pythonSites>>,
  module: string,
): Promise<Insertion[]> {
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const node = sites.get(file)?.imports.find((one) => one.where === 'module' && one.module !== '__future__');
    const text = await readFile(join(root, file), 'utf8');
    const lines = text.split('\n');
    if (node === undefined || text.includes('planted') || !text.endsWith('\n') || lines.length <= node.endLine)
      continue;
    const eol = text.includes('\r\n') ? '\r\n' : '\n';
    const at = lines.slice(0, node.endLine).join('\n').length + 1;
    const local = `${module}_value`;
    const used = `\n\ndef use_${module}():\n    return ${local}\n`.replaceAll('\n', eol);
    return [
      { file, at, text: `from ${module} import value as ${local}${eol}` },
      { file, at: text.length, text: used },
    ];
  }
  throw new Error('expected another file to plant a use in, found none left');
}
