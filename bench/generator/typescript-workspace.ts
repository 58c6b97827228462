import { join } from 'node:path';
import { put } from '../trees/tree.ts';

/** One package's manifest: exactly the dependencies that its text uses. */
export async function putPackage(root: string, name: string, folder: string, used: Set<string>): Promise<void> {
  const range = (dependency: string) => [dependency, dependency.startsWith('@made/') ? '*' : '^1.0.0'] as const;
  const manifest = {
    name,
    version: '1.0.0',
    type: 'module',
    exports: { '.': './src/index.ts', './*': './src/*' },
    imports: { '#src/*': './src/*' },
    scripts: { test: 'node --test' },
    dependencies: Object.fromEntries([...used].sort().map(range)),
    devDependencies: { 'outside-assert': '^1.0.0' },
  };
  await put(join(root, folder, 'package.json'), json(manifest));
}

export async function putRoot(root: string): Promise<void> {
  const manifest = {
    name: 'generated',
    private: true,
    workspaces: ['packages/*'],
    scripts: { build: 'tsc -p .' },
    devDependencies: { '@types/node': '^1.0.0', typescript: '^1.0.0' },
  };
  await put(join(root, 'package.json'), json(manifest));
  await put(join(root, '.gitignore'), 'node_modules\n');
}

export async function putCompilerConfig(root: string, packages: (readonly [string, string])[]): Promise<void> {
  const paths = Object.fromEntries(
    packages.map(([name, folder]) => [`~${name.slice('@made/'.length)}/*`, [`./${folder}/src/*`]]),
  );
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2022'],
    module: 'esnext',
    moduleResolution: 'bundler',
    jsx: 'react',
    strict: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    paths,
  };
  await put(join(root, 'tsconfig.json'), json({ compilerOptions, include: ['packages/*/src'] }));
}

/** Stand-ins for what `npm install` would have brought. */
export async function putExternals(root: string, names: string[]): Promise<void> {
  const types = 'export declare const value: number;\nexport default function run(seed: number): number;\n';
  for (const name of names)
    await putExternal(root, name, 'export const value = 1;\nexport default (seed) => seed;\n', types);
  const equal = 'export function equal(one, other) {\n  if (one !== other) throw new Error("different");\n}\n';
  await putExternal(
    root,
    'outside-assert',
    equal,
    'export declare function equal(one: unknown, other: unknown): void;\n',
  );
  const react = 'export const createElement = () => undefined;\n';
  await putExternal(root, 'react', react, reactTypes);
  await putExternal(root, 'typescript', 'export {};\n', 'export {};\n', { bin: { tsc: './index.js' } });
  await putExternal(root, '@types/node', '', nodeTypes);
}

/** Stand-in for one package, so that an import of it resolves. */
export async function putExternal(
  root: string,
  name: string,
  code: string,
  types: string,
  more: object = {},
): Promise<void> {
  const folder = join(root, 'node_modules', name);
  const manifest = {
    name,
    version: '1.0.0',
    type: 'module',
    main: './index.js',
    types: './index.d.ts',
    sideEffects: false,
    ...more,
  };
  await put(join(folder, 'package.json'), json(manifest));
  await put(join(folder, 'index.d.ts'), types);
  if (code !== '') await put(join(folder, 'index.js'), code);
}

const reactTypes = `export declare function createElement(...parts: unknown[]): unknown;
declare global {
  namespace JSX {
    interface IntrinsicElements {
      [name: string]: object;
    }
  }
}
`;

const nodeTypes = `declare module 'node:test' {
  export function test(name: string, body: () => void): void;
}
declare module 'path' {
  export function join(...parts: string[]): string;
  export function dirname(path: string): string;
  export const sep: string;
}
declare module 'node:os' {
  export function tmpdir(): string;
  export const EOL: string;
}
`;

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
