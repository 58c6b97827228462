import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { idFactory, manualClock } from '../../kernel/index.ts';
import { openStore, type Store } from '../../store/index.ts';
import { type MergeFile, openWorkspace, type Workspace } from '../index.ts';

/** A repository and its state folder in a temporary folder of one test. */
export interface TemporaryRepository {
  root: string;
  stateFolder: string;
  /** Opens store and workspace as a new process would; closed after the test. */
  open(merge?: MergeFile): Promise<{ workspace: Workspace; store: Store; close(): Promise<void> }>;
}

/** Makes a repository of `files` (path to content). */
export function temporaryRepository(
  t: Pick<TestContext, 'after'>,
  files: Record<string, string> = {},
  parent = tmpdir(),
): TemporaryRepository {
  const folder = mkdtempSync(join(parent, 'pyagent-state-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'repository');
  const stateFolder = join(folder, 'state');
  mkdirSync(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return {
    root,
    stateFolder,
    open: async (merge) => {
      const opened = await openAt(root, stateFolder, merge);
      t.after(opened.close);
      return opened;
    },
  };
}

/** Opens store and workspace with a clock that stands still and ids that are their own. */
export async function openAt(root: string, stateFolder: string, merge?: MergeFile) {
  const store = await openStore({ path: join(stateFolder, 'store.db') });
  const clock = manualClock(1_000);
  const newId = idFactory(clock, (bytes) => crypto.getRandomValues(bytes));
  try {
    const workspace = await openWorkspace({ root, stateFolder, store, clock, newId, ...(merge ? { merge } : {}) });
    const close = async () => {
      workspace.close();
      await store.close();
    };
    return { workspace, store, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Everything below a folder: kind, permission bits and bytes of each path, and the first of several names of one file;
 * names that are not UTF-8 in percent form.
 */
export function snapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const firstNames = new Map<number, string>();
  const visit = (folder: Buffer, prefix: string) => {
    for (const name of readdirSync(folder, { encoding: 'buffer' }).sort(Buffer.compare)) {
      const [place, path] = [Buffer.concat([folder, Buffer.from('/'), name]), prefix + readable(name)];
      const stats = lstatSync(place);
      const mode = (stats.mode & 0o7777).toString(8);
      if (stats.isSymbolicLink()) found[path] = `link ${readlinkSync(place)}`;
      else if (stats.isDirectory()) {
        found[path] = `folder ${mode}`;
        visit(place, `${path}/`);
      } else {
        const first = firstNames.get(stats.ino) ?? path;
        firstNames.set(stats.ino, first);
        found[path] = `file ${mode} ${readFileSync(place).toString('latin1')}${first === path ? '' : ` = ${first}`}`;
      }
    }
  };
  visit(Buffer.from(root), '');
  return found;
}

function readable(name: Buffer): string {
  const text = name.toString();
  return Buffer.from(text).equals(name) ? text : `%${name.toString('hex')}`;
}
