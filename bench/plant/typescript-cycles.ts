import { dirname, join, posix } from 'node:path';
import ts from 'typescript5';
import { type Random, random } from '../generator/random.ts';
import { put } from '../trees/tree.ts';
import type { CyclePlant, Insertion, Planting } from './plant.ts';
import {
  namedBindings,
  packageFolder,
  relativeSpecifier,
  type SourceReader,
  sourceReader,
  specifierText,
} from './typescript-file.ts';

/**
 * Puts cycles into a tree: rings of two to eight new modules, and single imports that lead from a module back to one
 * that imports it. Half of each are type-only. What a back edge joins depends on the tree: members have to be counted
 * on the planted tree, and the plant names the two ends.
 */
export async function plantTypescriptCycles(
  root: string,
  files: string[],
  options: { seed: number; rings: number; backEdges: number },
): Promise<Planting> {
  const source = random(options.seed);
  const planting: Planting = { plants: [], insertions: [] };
  for (let number = 0; number < options.rings; number += 1) {
    planting.plants.push(await plantRing(root, source.pick(files), number));
  }
  const reader = sourceReader(root);
  const touched = new Set<string>();
  let back = 0;
  for (const file of source.sample(files, files.length)) {
    if (back === options.backEdges) break;
    const edge = await backEdge(root, file, back % 2 === 0 ? 'value' : 'type', reader, source);
    if (edge === undefined || edge.plant.files.some((end) => touched.has(end))) continue;
    for (const end of edge.plant.files) touched.add(end);
    planting.plants.push(edge.plant);
    planting.insertions.push(...edge.insertions);
    back += 1;
  }
  return planting;
}

async function plantRing(root: string, near: string, number: number): Promise<CyclePlant> {
  const size = 2 + (number % 7);
  const kind = number % 2 === 0 ? 'value' : 'type';
  const folder = posix.join(dirname(near), `planted-ring-${number}`);
  const files = Array.from({ length: size }, (_, index) => `${folder}/ring-${index}.ts`);
  for (const [index, file] of files.entries()) {
    const next = (index + 1) % size;
    const text =
      kind === 'value'
        ? `import { turn${next} } from './ring-${next}';\n\nexport function turn${index}(left: number): number {\n  return left < 1 ? left : turn${next}(left - 1);\n}\n`
        : `import type { Link${next} } from './ring-${next}';\n\nexport interface Link${index} {\n  next?: Link${next};\n}\n`;
    await put(join(root, file), text);
  }
  return { class: 'cycle', form: 'ring', kind, files: files.sort() };
}

async function backEdge(
  root: string,
  file: string,
  kind: CyclePlant['kind'],
  reader: SourceReader,
  source: Random,
): Promise<{ plant: CyclePlant; insertions: Insertion[] } | undefined> {
  if (!/\.tsx?$/.test(file) || file.includes('planted')) return undefined;
  const view = await reader.view(file);
  const exported = exportedFunction(view.tree);
  if (exported === undefined || view.imports.length === 0) return undefined;
  const forwards = source.pick(view.imports);
  const target = reader.resolve(file, specifierText(forwards));
  if (target === undefined || !/\.tsx?$/.test(target) || target === file || !valueUse(forwards)) return undefined;
  if (packageFolder(root, file) !== packageFolder(root, target)) return undefined;
  const other = await reader.view(target);
  if (other.imports.length === 0 || /\.d\.ts$/.test(target)) return undefined;
  const first = other.imports[0] as ts.ImportDeclaration;
  const specifier = relativeSpecifier(target, file, '');
  const word = kind === 'type' ? 'import type' : 'import';
  const use =
    kind === 'type'
      ? `export type PlantedBack = typeof ${exported};`
      : `export function plantedBack(): unknown {\n  return ${exported};\n}`;
  const lines = (text: string) => `${text}\n`.replaceAll('\n', other.eol);
  const ownLine = other.text[first.getStart() - 1] === '\n';
  if (!ownLine || new RegExp(`\\b${exported}\\b`).test(other.text)) return undefined;
  return {
    plant: { class: 'cycle', form: 'back-edge', kind, files: [file, target].sort() },
    insertions: [
      { file: target, at: first.getStart(), text: lines(`${word} { ${exported} } from '${specifier}';`) },
      { file: target, at: other.text.length, text: lines(`\n${use}`) },
    ],
  };
}

function exportedFunction(tree: ts.SourceFile): string | undefined {
  const found = tree.statements.filter(ts.isFunctionDeclaration).find((node) => {
    const words = node.modifiers?.map((modifier) => modifier.kind) ?? [];
    return words.includes(ts.SyntaxKind.ExportKeyword) && !words.includes(ts.SyntaxKind.DefaultKeyword);
  });
  return found?.name?.text;
}

/** Whether the import brings a function that the file calls: then it survives compilation whatever the options. */
function valueUse(node: ts.ImportDeclaration): boolean {
  if (node.importClause?.isTypeOnly) return false;
  const names = namedBindings(node)?.elements.filter((element) => !element.isTypeOnly) ?? [];
  const text = node.getSourceFile().text;
  return names.some((element) => new RegExp(`[^.\\w]${element.name.text}\\(`).test(text.slice(node.end)));
}
