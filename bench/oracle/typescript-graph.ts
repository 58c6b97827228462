import { relative } from 'node:path';
import ts from 'typescript5';
import { components } from '../components.ts';
import { compilerProgram } from './typescript-program.ts';

/** Strongly connected components as the TypeScript compiler would see them, had it any interest in them. */
export interface TrueCycles {
  /** Over imports that are still there in the JavaScript that the compiler writes. */
  value: string[][];
  /** Over all static imports and exports; components that are no value cycles as well. */
  type: string[][];
}

/**
 * Compiles the tree and reads the graph off both sides: imports in the source are edges, those left in the output are
 * value edges. Slow and obvious: this is what the fast answers are compared with.
 */
export function typescriptCycles(root: string): TrueCycles {
  const program = compilerProgram(root, {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
  const all = new Map<string, Set<string>>();
  const value = new Map<string, Set<string>>();
  const checker = program.getTypeChecker();
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || file.fileName.includes('/node_modules/')) continue;
    const name = relative(root, file.fileName);
    const targets = new Map<string, string>();
    for (const statement of file.statements) {
      const literal = moduleLiteral(statement);
      const symbol = literal === undefined ? undefined : checker.getSymbolAtLocation(literal);
      const target = symbol?.declarations?.find(ts.isSourceFile)?.fileName;
      if (literal !== undefined && target?.startsWith(root)) targets.set(literal.text, relative(root, target));
    }
    all.set(name, new Set(targets.values()));
    const kept = new Set<string>();
    program.emit(file, (_, text) => {
      for (const statement of ts.createSourceFile('x.js', text, ts.ScriptTarget.Latest).statements) {
        const target = targets.get(moduleLiteral(statement)?.text ?? '');
        if (target !== undefined) kept.add(target);
      }
    });
    value.set(name, kept);
  }
  const valueCycles = components(value);
  const known = new Set(valueCycles.map((members) => members.join('\n')));
  return { value: valueCycles, type: components(all).filter((members) => !known.has(members.join('\n'))) };
}

function moduleLiteral(node: ts.Statement): ts.StringLiteral | undefined {
  const specifier = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
  if (specifier !== undefined && ts.isStringLiteral(specifier)) return specifier;
  if (!ts.isImportEqualsDeclaration(node) || !ts.isExternalModuleReference(node.moduleReference)) return undefined;
  const { expression } = node.moduleReference;
  return ts.isStringLiteral(expression) ? expression : undefined;
}
