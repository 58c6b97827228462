import { mkdir, readFile, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { downloadNpm, type Pin } from './download.ts';
import { put, type Tree, treeFolder, unpack } from './tree.ts';

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
}

const pinned = new URL('./theia.json', import.meta.url);

/**
 * Eclipse Theia's packages, put back into the shape of their repository: npm workspaces under `packages/`, one
 * `tsconfig.json` each, and paths that lead from one package's published `lib/` to the other's `src/`.
 * Third-party packages are not installed, for us as for the peers.
 */
export async function theia(): Promise<Tree> {
  const { packages } = JSON.parse(await readFile(pinned, 'utf8')) as { packages: Pin[] };
  const root = await treeFolder('theia', (draft) => fill(draft, packages));
  const version = packages[0]?.version;
  return {
    name: 'theia',
    language: 'typescript',
    origin: `Eclipse Theia ${version}, ${packages.length} packages from npm`,
    root,
  };
}

async function fill(root: string, packages: Pin[]): Promise<void> {
  const folders = new Map<string, string>();
  for (const pin of packages) {
    const folder = `packages/${basename(pin.name)}`;
    folders.set(pin.name, folder);
    const parts = ['package/package.json', 'package/src/*'];
    if (pin.name === '@theia/core') parts.push('package/shared/*', 'package/electron-shared/*');
    await unpack(await downloadNpm(pin), join(root, folder), parts);
    await mkdir(join(root, 'node_modules/@theia'), { recursive: true });
    await symlink(`../../${folder}`, join(root, 'node_modules', pin.name));
  }
  const rootManifest = { name: 'theia-monorepo', private: true, workspaces: ['packages/*'] };
  await put(join(root, 'package.json'), json(rootManifest));
  await put(join(root, '.gitignore'), 'node_modules\nlib\n');
  await put(
    join(root, 'tsconfig.json'),
    json({ extends: './configs/base.tsconfig.json', include: ['packages/*/src'] }),
  );
  await put(join(root, 'configs/base.tsconfig.json'), json({ compilerOptions: compilerOptions(folders) }));
  for (const folder of folders.values()) await putPackageConfig(root, folder, folders);
}

async function putPackageConfig(root: string, folder: string, folders: Map<string, string>): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  const references = Object.keys(manifest.dependencies ?? {}).flatMap((name) => {
    const target = folders.get(name);
    return target === undefined ? [] : [{ path: `../${basename(target)}` }];
  });
  const config = {
    extends: '../../configs/base.tsconfig.json',
    compilerOptions: { composite: true, rootDir: 'src', outDir: 'lib' },
    include: ['src'],
    references,
  };
  await put(join(root, folder, 'tsconfig.json'), json(config));
}

/** The options of the project itself, and the paths. */
function compilerOptions(folders: Map<string, string>): Record<string, unknown> {
  const paths: Record<string, string[]> = {};
  for (const [name, folder] of folders) paths[`${name}/lib/*`] = [`../${folder}/src/*`];
  return {
    skipLibCheck: true,
    declaration: true,
    strict: true,
    noUnusedLocals: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    resolveJsonModule: true,
    esModuleInterop: false,
    useDefineForClassFields: false,
    module: 'commonjs',
    moduleResolution: 'node10',
    target: 'ES2023',
    jsx: 'react',
    lib: ['ES2023', 'DOM', 'DOM.AsyncIterable'],
    paths,
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
