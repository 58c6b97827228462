import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ParseError, parse } from 'jsonc-parser';
import ts from 'typescript5';
import { languageOf } from './merge-case.ts';

/** The parts of a file by name, each with its text or value; `undefined` where the parser refuses the file. */
export type Parts = Map<string, string> | undefined;

/** Parsers that the product does not use: TypeScript's own, Python's own, and those of the data formats. */
export class OutsideReader {
  #python: ChildProcessWithoutNullStreams | undefined;
  #answers: AsyncIterator<string> | undefined;
  #lines: Interface | undefined;

  async read(path: string, text: string): Promise<Parts> {
    const language = languageOf(path);
    if (language === 'script') return scriptParts(path, text);
    if (language === 'json') return jsonParts(text);
    const answer = await this.#ask(JSON.stringify({ path, text }));
    return answer === null ? undefined : new Map(Object.entries(answer));
  }

  async #ask(request: string): Promise<Record<string, string> | null> {
    if (this.#python === undefined) {
      const script = fileURLToPath(new URL('./read_python.py', import.meta.url));
      this.#python = spawn('python3', ['-W', 'ignore', script]);
      this.#lines = createInterface(this.#python.stdout);
      this.#answers = this.#lines[Symbol.asyncIterator]();
    }
    this.#python.stdin.write(`${request}\n`);
    const { value, done } = (await this.#answers?.next()) ?? { done: true };
    if (done) throw new Error('expected python3 to answer for each text, found its end');
    return JSON.parse(value as string) as Record<string, string> | null;
  }

  close(): void {
    this.#python?.stdin.end();
  }
}

function scriptParts(path: string, text: string): Parts {
  const jsx = /\.(tsx|jsx|[mc]?js)$/.test(path);
  const kind = jsx ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind) as ts.SourceFile & {
    parseDiagnostics: unknown[];
  };
  if (file.parseDiagnostics.length > 0) return undefined;
  const parts = new Map<string, string>();
  const visit = (node: ts.Node, scope: string): void => {
    const name = (node as { name?: ts.Node }).name;
    const label = name === undefined ? undefined : `${scope}.${name.getText(file)}`;
    const add = (value: string) => parts.set(label as string, (parts.get(label as string) ?? '') + value);
    if (label !== undefined && isScope(node)) {
      if (!parts.has(label)) parts.set(label, '');
      ts.forEachChild(node, (child) => visit(child, label));
    } else if (label !== undefined && isPart(node)) add(node.getText(file));
    else if (!ts.isFunctionLike(node)) ts.forEachChild(node, (child) => visit(child, scope));
  };
  ts.forEachChild(file, (node) => visit(node, ''));
  return parts;
}

const isScope = (node: ts.Node) =>
  ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isModuleDeclaration(node);

const isPart = (node: ts.Node) =>
  ts.isFunctionDeclaration(node) ||
  ts.isClassElement(node) ||
  ts.isTypeElement(node) ||
  ts.isEnumMember(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isImportSpecifier(node) ||
  ts.isExportSpecifier(node);

function jsonParts(text: string): Parts {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) return undefined;
  const parts = new Map<string, string>();
  const visit = (each: unknown, name: string): void => {
    if (typeof each === 'object' && each !== null && !Array.isArray(each)) {
      for (const [key, inner] of Object.entries(each)) visit(inner, `${name}.${key}`);
    } else parts.set(name, JSON.stringify(each));
  };
  visit(value, '');
  return parts;
}
