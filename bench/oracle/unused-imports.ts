import { relative } from 'node:path';
import ts from 'typescript5';
import { compilerProgram } from './typescript-program.ts';

/** An import that the TypeScript compiler says nothing reads. */
export interface UnusedImport {
  file: string;
  /** From 1. */
  line: number;
  /** The name in this file. */
  name: string;
  code: number;
}

/** Codes of "declared but never read": one name, a whole statement, a type. */
const codes = new Set([6133, 6192, 6196]);

/** TypeScript's own answer: its diagnostics on the whole program, one entry per name. */
export function unusedImports(root: string): UnusedImport[] {
  const program = compilerProgram(root, { noUnusedLocals: true, allowJs: true, checkJs: true });
  const found: UnusedImport[] = [];
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || file.fileName.includes('/node_modules/')) continue;
    for (const diagnostic of program.getSemanticDiagnostics(file)) {
      if (!codes.has(diagnostic.code) || diagnostic.start === undefined) continue;
      const end = diagnostic.start + (diagnostic.length ?? 0);
      for (const name of importedNames(file, diagnostic.start, end)) {
        const { line } = file.getLineAndCharacterOfPosition(name.getStart());
        found.push({ file: relative(root, file.fileName), line: line + 1, name: name.text, code: diagnostic.code });
      }
    }
  }
  return found;
}

/** The names that imports bind between two offsets of a file. */
export function importedNames(file: ts.SourceFile, start: number, end: number): ts.Identifier[] {
  const names: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    const overlaps = node.getStart() < end && node.end > start;
    if (!overlaps) return;
    const bound =
      ts.isImportClause(node) || ts.isImportSpecifier(node) || ts.isNamespaceImport(node) ? node.name : undefined;
    const own = ts.isImportEqualsDeclaration(node) ? node.name : bound;
    const inside = own !== undefined && own.getStart() < end && own.end > start;
    const whole = ts.isImportSpecifier(node) && node.getStart() >= start && node.end <= end;
    if (own !== undefined && (inside || whole)) names.push(own);
    ts.forEachChild(node, visit);
  };
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement) || ts.isImportEqualsDeclaration(statement)) visit(statement);
  }
  return names;
}
