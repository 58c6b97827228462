import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import ts from 'typescript5';

/** A source file as the planter sees it: through TypeScript's own parser, never through ours. */
export interface SourceView {
  /** Relative to the root. */
  file: string;
  text: string;
  tree: ts.SourceFile;
  imports: ts.ImportDeclaration[];
  eol: string;
}

/** Reads and resolves the sources of one tree. */
export interface SourceReader {
  view(file: string): Promise<SourceView>;
  /** The file of the tree that `specifier` means in `file`; undefined for anything outside. */
  resolve(file: string, specifier: string): string | undefined;
}

export function sourceReader(root: string): SourceReader {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const base = ts.parseJsonConfigFileContent({ ...config.config, include: [], files: [] }, ts.sys, root).options;
  const cache = ts.createModuleResolutionCache(root, (name) => name, base);
  const views = new Map<string, SourceView>();
  return {
    view: async (file) => {
      const known = views.get(file) ?? parse(file, await readFile(join(root, file), 'utf8'));
      views.set(file, known);
      return known;
    },
    resolve: (file, specifier) => {
      const found = ts.resolveModuleName(specifier, join(root, file), base, ts.sys, cache).resolvedModule
        ?.resolvedFileName;
      if (found === undefined || found.includes('/node_modules/') || !existsSync(found)) return undefined;
      return relative(root, found);
    },
  };
}

function parse(file: string, text: string): SourceView {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports = tree.statements.filter(ts.isImportDeclaration).filter((node) => node.importClause !== undefined);
  return { file, text, tree, imports, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** The names in `{ ... }` of an import, or nothing where it has none. */
export function namedBindings(node: ts.ImportDeclaration): ts.NamedImports | undefined {
  const bindings = node.importClause?.namedBindings;
  return bindings !== undefined && ts.isNamedImports(bindings) ? bindings : undefined;
}

export function specifierText(node: ts.ImportDeclaration): string {
  return (node.moduleSpecifier as ts.StringLiteral).text;
}

/** Offset of the first character of the line that `at` stands in. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Offset of the first character of the line after the one that `at` stands in. */
export function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** `./x` as `from` would write it for `to`, with the ending that `style` has. */
export function relativeSpecifier(from: string, to: string, style: string): string {
  const path = posix.relative(dirname(from), to).replace(/(\.d)?\.\w+$/, style.endsWith('.js') ? '.js' : '');
  return path.startsWith('.') ? path : `./${path}`;
}

/** The folder of the nearest package.json above a file of the tree. */
export function packageFolder(root: string, file: string): string {
  let folder = dirname(file);
  while (folder !== '.' && !existsSync(join(root, folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
