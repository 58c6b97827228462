import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** A new folder with `files`; a name that ends in `/` is an empty folder. Gives its real path. */
export async function repository(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pyagent-story-')));
  for (const [path, content] of Object.entries(files)) {
    const full = join(root, path);
    await mkdir(path.endsWith('/') ? full : dirname(full), { recursive: true });
    if (!path.endsWith('/')) await writeFile(full, content);
  }
  return root;
}

/** Everything in `root` that a person could notice: kind, mode and content of each entry, by path. */
export async function treeOf(root: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  const visit = async (folder: string): Promise<void> => {
    for (const entry of (await readdir(folder)).sort()) {
      const path = join(folder, entry);
      const found = await lstat(path);
      const mode = (found.mode & 0o7777).toString(8);
      const name = relative(root, path);
      if (found.isSymbolicLink()) tree[name] = `link ${await readlink(path)}`;
      else if (found.isDirectory()) {
        tree[name] = `folder ${mode}`;
        await visit(path);
      } else
        tree[name] = `file ${mode} ${createHash('sha256')
          .update(await readFile(path))
          .digest('hex')}`;
    }
  };
  await visit(root);
  return tree;
}

/** A small project: `src/a.js` has an unused import that may go; `npm test` runs `check.js`, which passes. */
export const tidyShop = (
  more: Readonly<Record<string, string | Uint8Array>> = {},
): Record<string, string | Uint8Array> => ({
  'package.json':
    '{\n  "name": "shop",\n  "type": "module",\n  "main": "src/a.js",\n  "scripts": { "test": "node check.js" }\n}\n',
  'check.js': "import { total } from './src/a.js';\nif (total([1, 2]) !== 3) process.exit(1);\n",
  'src/a.js': "import { add, unused } from './b.js';\n\nexport const total = (list) => list.reduce(add, 0);\n",
  'src/b.js': 'export const add = (a, b) => a + b;\nexport const unused = 1;\n',
  ...more,
});
