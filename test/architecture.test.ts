import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript5';

interface Layers {
  floors: string[][];
  browserSafe: string[];
  impureAllowed: string[];
}

interface ModuleImport {
  specifier: string;
  line: number;
  exportStar: boolean;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const source = join(root, 'src');
const layers = JSON.parse(readFileSync(join(root, 'layers.json'), 'utf8')) as Layers;
const floorOf = new Map(layers.floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));
const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .sort();
const isTest = (file: string) => file.endsWith('.test.ts') || file.includes('/testing/');
const roomOf = (file: string) => file.split('/')[0] ?? file;

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(join(source, file), 'utf8'), ts.ScriptTarget.Latest, true);
}

function importsOf(tree: ts.SourceFile): ModuleImport[] {
  const found: ModuleImport[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, exportStar = false) => {
    if (specifier && ts.isStringLiteral(specifier)) {
      const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ specifier: specifier.text, line, exportStar });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier);
    if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, !node.exportClause);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node, node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const modules = new Map(files.map((file) => [file, { tree: parse(file), imports: importsOf(parse(file)) }]));

/** The file of `src` that a relative import names, with `/` as separator. */
function target(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.normalize(posix.join(posix.dirname(file), specifier));
}

test('every room of src stands on a floor of layers.json', () => {
  const rooms = [...new Set(files.map(roomOf))];
  assert.deepEqual(
    rooms.filter((room) => !floorOf.has(room)),
    [],
  );
});

test('imports go down only, and enter another room through its index', () => {
  const wrong: string[] = [];
  for (const [file, { imports }] of modules) {
    for (const { specifier, line } of imports) {
      const to = target(file, specifier);
      if (to === undefined || to.startsWith('..')) continue;
      const [from, into] = [roomOf(file), roomOf(to)];
      if (from === into) continue;
      const [here, there] = [floorOf.get(from) ?? -1, floorOf.get(into) ?? -1];
      if (there >= here) wrong.push(`${file}:${line} imports ${to}: floor ${here} may not import floor ${there}`);
      if (to !== into && to !== `${into}/index.ts`) wrong.push(`${file}:${line} imports ${to} past its index.ts`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('no modules import each other in a cycle, types included', () => {
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const { specifier } of modules.get(file)?.imports ?? []) {
      const to = target(file, specifier);
      if (to !== undefined && modules.has(to)) visit(to, [...path, file]);
    }
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  assert.deepEqual(cycles, []);
});

test('no module uses export * or a default export', () => {
  const wrong: string[] = [];
  for (const [file, { tree, imports }] of modules) {
    for (const { exportStar, line } of imports) if (exportStar) wrong.push(`${file}:${line} export *`);
    for (const statement of tree.statements) {
      const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
      const byModifier = modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword);
      if (ts.isExportAssignment(statement) || byModifier) wrong.push(`${file} default export`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('browser-safe rooms import nothing of Node', () => {
  const wrong: string[] = [];
  for (const [file, { imports }] of modules) {
    if (!layers.browserSafe.includes(roomOf(file)) || isTest(file)) continue;
    for (const { specifier, line } of imports)
      if (specifier.startsWith('node:')) wrong.push(`${file}:${line} ${specifier}`);
  }
  assert.deepEqual(wrong, []);
});

const IMPURE: readonly [name: string, pattern: RegExp][] = [
  ['the environment', /^process\.env$/],
  ['the home folder', /^(os\.)?(homedir|userInfo)\(/],
  ['the clock', /^(Date\.now\(|performance\.now\(|new Date\(\)|process\.hrtime)/],
  ['randomness', /^(Math\.random\(|(crypto\.)?(randomUUID|randomBytes|getRandomValues)\()/],
];

test('environment, home folder, clock and randomness are read in the interfaces only', () => {
  const wrong: string[] = [];
  for (const [file, { tree }] of modules) {
    if (isTest(file) || layers.impureAllowed.some((path) => file === path || file.startsWith(`${path}/`))) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node) || ts.isNewExpression(node)) {
        const text = node.getText(tree);
        for (const [what, pattern] of IMPURE) {
          if (pattern.test(text))
            wrong.push(`${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1} reads ${what}`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  assert.deepEqual([...new Set(wrong)], []);
});

const BANNED = new Set(['utils', 'helpers', 'common', 'misc', 'core', 'manager', 'base', 'types']);

test('files are named in kebab-case after what they hold', () => {
  const wrong = files.filter((file) => {
    const name = posix.basename(file).replace(/(\.test|\.d)?\.ts$/, '');
    return BANNED.has(name) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
  });
  assert.deepEqual(wrong, []);
});

test('no source file is longer than 400 lines', () => {
  const long = files.filter(
    (file) => !isTest(file) && readFileSync(join(source, file), 'utf8').split('\n').length > 401,
  );
  assert.deepEqual(long, []);
});

test('Rust crates depend on each other in one direction', () => {
  const allowed = new Map([
    ['code', []],
    ['diff', []],
    ['escape', []],
    ['files', []],
    ['merge', ['diff']],
    ['redaction', []],
    ['sandbox', []],
    ['store', ['files']],
    ['node', ['code', 'diff', 'files', 'merge', 'redaction', 'sandbox', 'store']],
  ]);
  for (const [crate, lower] of allowed) {
    const manifest = readFileSync(resolve(dirname(source), 'crates', crate, 'Cargo.toml'), 'utf8');
    const used = [...manifest.matchAll(/path = "\.\.\/([a-z]+)"/g)].map((match) => match[1] ?? '');
    assert.deepEqual(
      used.filter((name) => !(lower as string[]).includes(name)),
      [],
      crate,
    );
  }
});
