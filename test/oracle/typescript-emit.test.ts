/**
 * The TypeScript compiler as oracle: what it emits for a file is the same before and after the imports of the file
 * were optimised, apart from imports that are gone. The corpus is this project's own sources with unused imports of
 * many forms planted among their imports; comments, line endings and the byte order mark are compared as well.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript5';
import { applyGroups, type Change, codeIndex } from '../../src/code/index.ts';

const source = fileURLToPath(new URL('../../src/', import.meta.url));
const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Unused imports as people leave them behind. `@` is replaced by a number, so that names do not collide. */
const PLANTS = [
  "import { readFile as unused@ } from 'node:fs/promises';",
  "import unused@ from 'node:path';",
  "import * as unused@ from 'node:os';",
  "import type { Stats as Unused@ } from 'node:fs';",
  "import { type Dirent as Unused@, existsSync as unused@ } from 'node:fs';",
  "import unusedDefault@, { join as unused@ } from 'node:path';",
  "import {\n  createHash as unused@,\n  randomUUID as other@,\n} from 'node:crypto';",
  "import { EventEmitter as unused@ } from 'node:events'; // kept by a person",
  "/* why this is here */ import { setTimeout as unused@ } from 'node:timers/promises';",
  "// a note above\nimport { inspect as unused@ } from 'node:util';",
];

interface Corpus {
  root: string;
  files: Map<string, string>;
}

/** Copies the sources into a new folder, with a plant before or after an import of each file. */
async function corpus(options: { verbatim: boolean; ending: '\n' | '\r\n'; mark: boolean }): Promise<Corpus> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pyagent-emit-')));
  folders.push(root);
  const files = new Map<string, string>();
  const names = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => relative(source, join(entry.parentPath, entry.name)))
    .sort();
  names.forEach((name, index) => {
    const planted = plant(readFileSync(join(source, name), 'utf8'), index);
    // A byte order mark before `#!` is no valid file.
    const mark = options.mark && !planted.startsWith('#!') ? '\uFEFF' : '';
    files.set(join('src', name), mark + planted.replaceAll('\n', options.ending));
  });
  const compilerOptions = {
    target: 'es2024',
    module: 'nodenext',
    rewriteRelativeImportExtensions: true,
    resolveJsonModule: true,
    verbatimModuleSyntax: options.verbatim,
    isolatedModules: true,
  };
  await writeFile(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'corpus', type: 'module' }));
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return { root, files };
}

function plant(text: string, index: number): string {
  const tree = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const imports = tree.statements.filter(ts.isImportDeclaration);
  const chosen = imports[index % Math.max(1, imports.length)];
  const at = chosen === undefined ? 0 : index % 2 === 0 ? chosen.getStart() : chosen.getEnd();
  const line = (PLANTS[index % PLANTS.length] ?? '').replaceAll('@', String(index));
  return at === 0 || index % 2 === 0
    ? `${text.slice(0, at)}${line}\n${text.slice(at)}`
    : `${text.slice(0, at)}\n${line}${text.slice(at)}`;
}

/** What the compiler makes of a text: its imports by module, and everything else. */
function emitted(text: string, path: string, verbatim: boolean): { imports: Map<string, Set<string>>; rest: string[] } {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: verbatim,
      isolatedModules: true,
      removeComments: true,
      newLine: ts.NewLineKind.LineFeed,
    },
  });
  const errors = (diagnostics ?? []).filter(({ category }) => category === ts.DiagnosticCategory.Error);
  assert.deepEqual(
    errors.map(({ messageText }) => messageText),
    [],
    path,
  );
  const tree = ts.createSourceFile('out.js', outputText, ts.ScriptTarget.Latest, true);
  const imports = new Map<string, Set<string>>();
  const rest: string[] = [];
  for (const statement of tree.statements) {
    if (!ts.isImportDeclaration(statement)) {
      // A module whose last import goes keeps an empty export, which the compiler otherwise adds by itself.
      if (statement.getText() !== 'export {};') rest.push(statement.getText());
      continue;
    }
    const names = imports.get((statement.moduleSpecifier as ts.StringLiteral).text) ?? new Set();
    for (const name of bound(statement)) names.add(name);
    imports.set((statement.moduleSpecifier as ts.StringLiteral).text, names);
  }
  return { imports, rest };
}

function bound({ importClause: clause }: ts.ImportDeclaration): string[] {
  if (clause === undefined) return [];
  const { name, namedBindings: named } = clause;
  const others =
    named === undefined
      ? []
      : ts.isNamespaceImport(named)
        ? [`* as ${named.name.text}`]
        : named.elements.map((element) => element.getText());
  return [...(name ? [`default as ${name.text}`] : []), ...others];
}

function comments(text: string): string[] {
  const tree = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const found = new Map<number, string>();
  const add = (ranges: readonly ts.CommentRange[] | undefined) => {
    for (const { pos, end } of ranges ?? []) found.set(pos, text.slice(pos, end));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateLiteralToken(node) || ts.isJsxText(node)) return;
    add(ts.getLeadingCommentRanges(text, node.getFullStart()));
    add(ts.getTrailingCommentRanges(text, node.getEnd()));
    for (const child of node.getChildren()) visit(child);
  };
  visit(tree);
  return [...found.values()].sort();
}

function rewritten(text: string, { groups }: Change, pick: (index: number) => boolean): string {
  const bytes = applyGroups(
    new TextEncoder().encode(text),
    groups.filter((_, index) => pick(index)),
  );
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function assertSameBehaviour(path: string, before: string, after: string, verbatim: boolean): void {
  const [old, now] = [emitted(before, path, verbatim), emitted(after, path, verbatim)];
  assert.deepEqual(now.rest, old.rest, `${path}: the code apart from imports`);
  const words = new Set(old.rest.join('\n').match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));
  for (const [module, names] of old.imports) {
    for (const name of names) {
      if (now.imports.get(module)?.has(name)) continue;
      const local = name.split(' ').at(-1) ?? name;
      assert.ok(!words.has(local), `${path}: ${local} from ${module} is used and gone`);
      assert.ok(verbatim, `${path}: the compiler kept ${local} from ${module}, so it is used`);
    }
  }
  for (const [module, names] of now.imports) {
    for (const name of names) assert.ok(old.imports.get(module)?.has(name), `${path}: ${name} from ${module} is new`);
  }
  assert.deepEqual(comments(after), comments(before), `${path}: comments`);
}

/** All groups of a file, and two parts of them: any subset must hold. */
const PICKS: readonly ((group: number) => boolean)[] = [
  () => true,
  (group) => group % 2 === 0,
  (group) => group % 2 === 1,
];

const VARIANTS = [
  { name: 'with elided imports', verbatim: false, ending: '\n', mark: false },
  { name: 'with verbatimModuleSyntax', verbatim: true, ending: '\n', mark: false },
  { name: 'with Windows line endings and a byte order mark', verbatim: false, ending: '\r\n', mark: true },
] as const;

for (const variant of VARIANTS) {
  test(`what the compiler emits stays the same ${variant.name}`, async () => {
    const { root, files } = await corpus(variant);
    const index = codeIndex();
    const report = await index.analyze({ root, checks: ['imports'] });
    assert.deepEqual(report.skipped, []);
    // The plant stands in every file, so every file has something to remove.
    const changed = new Set(report.importChanges.map(({ path }) => path));
    assert.deepEqual(
      [...files.keys()].filter((path) => !changed.has(path)),
      [],
    );
    for (const [position, change] of report.importChanges.entries()) {
      const before = files.get(change.path) ?? '';
      for (const pick of position % 4 === 0 ? PICKS : PICKS.slice(0, 1)) {
        const after = rewritten(before, change, pick);
        assertSameBehaviour(change.path, before, after, variant.verbatim);
        assert.equal(after.startsWith('\uFEFF'), before.startsWith('\uFEFF'), `${change.path}: byte order mark`);
        if (variant.ending === '\r\n') assert.doesNotMatch(after, /(?<!\r)\n/, `${change.path}: line endings`);
      }
      await writeFile(
        join(root, change.path),
        rewritten(before, change, () => true),
      );
    }
    const again = await index.analyze({ root, checks: ['imports'] });
    assert.deepEqual(again.importChanges, [], 'a second run changes nothing');
    assert.deepEqual(
      again.imports.filter(({ name }) => /unused|other/i.test(name)),
      [],
    );
  });
}
