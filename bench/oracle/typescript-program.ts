import { join } from 'node:path';
import ts from 'typescript5';

/** A program over everything that the tree's root `tsconfig.json` includes, with `more` options on top of its own. */
export function compilerProgram(root: string, more: ts.CompilerOptions): ts.Program {
  const read = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(read.config, ts.sys, root);
  const options = {
    ...parsed.options,
    noEmit: false,
    composite: false,
    declaration: false,
    allowImportingTsExtensions: false,
    // The output is matched with the source by specifier.
    rewriteRelativeImportExtensions: false,
  };
  return ts.createProgram(parsed.fileNames, { ...options, outDir: join(root, 'emitted'), ...more });
}
