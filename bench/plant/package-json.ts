import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Random, random } from '../generator/random.ts';
import { putExternal } from '../generator/typescript-workspace.ts';
import type { DependencyDefect, Insertion, Planting } from './plant.ts';
import { lineStart, nextLine, packageFolder, sourceReader } from './typescript-file.ts';

type Section = 'dependencies' | 'devDependencies';

/**
 * Puts `each` defects of every wanted kind into the manifests above `files`, with a stand-in under `node_modules` for
 * every planted package. `unused` and `only-unused-imports` can be taken out again byte for byte.
 */
export async function plantPackageJson(
  root: string,
  files: string[],
  options: { seed: number; each: number; kinds: DependencyDefect[] },
): Promise<Planting> {
  const source = random(options.seed);
  const reader = sourceReader(root);
  const planting: Planting = { plants: [], insertions: [] };
  for (const kind of options.kinds) {
    let planted = 0;
    for (const file of source.sample(files, files.length)) {
      if (planted === options.each) break;
      if (/test|spec|mock|planted/.test(file) || planting.insertions.some((insertion) => insertion.file === file))
        continue;
      const view = await reader.view(file);
      const manifest = join(packageFolder(root, file), 'package.json');
      const text = await readFile(join(root, manifest), 'utf8');
      const node = view.imports[0];
      const devOnly = text.includes('"devDependencies"');
      if (node === undefined || !text.includes('"dependencies"') || !devOnly || !/\.tsx?$/.test(file)) continue;
      if (node.getStart() > 0 && view.text[node.getStart() - 1] !== '\n') continue;
      const name = `planted-${kind}-${planted}`;
      const lines = (body: string) => `${body}\n`.replaceAll('\n', view.eol);
      const at = nextLine(view.text, node.end);
      const local = `outside${planted}`;
      const use = [
        { file, at, text: lines(`import { value as ${local} } from '${name}';`) },
        { file, at: view.text.length, text: lines(`\nexport function use${local}(): number {\n  return ${local};\n}`) },
      ];
      const declare = (section: Section) => declaration(manifest, text, section, name, source);
      planting.insertions.push(...insertionsFor(kind, declare, use));
      planting.plants.push({ class: 'dependency', kind, file: manifest, name });
      if (kind === 'only-unused-imports') {
        planting.plants.push({ class: 'import', form: 'of-planted-dependency', file, name: local });
      }
      const types = 'export declare const value: number;\n';
      await putExternal(root, name, 'export const value = 1;\n', types);
      planted += 1;
    }
  }
  return planting;
}

function insertionsFor(
  kind: DependencyDefect,
  declare: (section: Section) => Insertion,
  use: Insertion[],
): Insertion[] {
  switch (kind) {
    case 'unused':
      return [declare('dependencies')];
    case 'only-unused-imports':
      return [declare('dependencies'), ...use.slice(0, 1)];
    case 'unlisted':
      return use;
    case 'misplaced':
      return [declare('devDependencies'), ...use];
    case 'duplicate':
      return [declare('dependencies'), declare('devDependencies'), ...use];
  }
}

/** A line of its own before one of the section's entries, so that commas stay right. */
function declaration(file: string, text: string, section: Section, name: string, source: Random): Insertion {
  const open = text.indexOf(`"${section}"`);
  const start = nextLine(text, text.indexOf('{', open));
  const entries = text
    .slice(start, text.indexOf('}', start))
    .split('\n')
    .filter((line) => line.includes(':'));
  const before = entries.length === 0 ? undefined : source.pick(entries);
  const at = before === undefined ? start : lineStart(text, text.indexOf(before, start));
  const indent = /^\s*/.exec(before ?? '    ')?.[0] ?? '';
  return { file, at, text: `${indent}"${name}": "^1.0.0"${before === undefined ? '' : ','}\n` };
}
