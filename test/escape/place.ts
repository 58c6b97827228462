import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolBox } from './tool-box.ts';
import { type Witnesses, witnesses } from './witnesses.ts';

/** Where one attempt is made: a workspace, and around it what must stay as it is. */
export interface Place {
  /** The folder around all of it. */
  base: string;
  workspace: string;
  /** A folder beside the workspace: `victim.txt`, `secret.txt`, `folder/`. */
  outside: string;
  /** The person's home folder, with a key and a shell's start file. */
  home: string;
  /** The product's own state. */
  state: string;
  /** For the layer of an overlay. */
  layers: string;
  /** Must not be seen from inside. */
  secret: string;
  /** How much longer than usual races are tried. */
  patience: number;
  /** A word by which processes of this attempt are recognised. */
  mark: string;
  tools: ToolBox;
  witnesses: Witnesses;
  close(): Promise<void>;
}

const BELOW = ['workspace', 'outside', 'outside/folder', 'home', 'home/.ssh', 'state', 'layers'];

/** A new {@link Place}, with files, listeners and a process that somebody might harm. */
export async function openPlace(tools: ToolBox, patience = 1): Promise<Place> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'pyagent-escape-')));
  for (const name of BELOW) mkdirSync(join(base, name));
  const secret = `secret-${randomBytes(12).toString('hex')}`;
  const mark = `mark-${randomBytes(8).toString('hex')}`;
  const [outside, workspace] = [join(base, 'outside'), join(base, 'workspace')];
  writeFileSync(join(outside, 'victim.txt'), 'as it was\n');
  writeFileSync(join(outside, 'secret.txt'), secret);
  writeFileSync(join(base, 'home/.ssh/id'), secret);
  writeFileSync(join(base, 'home/.profile'), 'export ALL=well\n');
  writeFileSync(join(base, 'state/journal'), secret);
  writeFileSync(join(workspace, 'readme.txt'), 'a project\n');
  const around = await witnesses({ outside, workspace, secret, tools });
  return {
    base,
    workspace,
    outside,
    home: join(base, 'home'),
    state: join(base, 'state'),
    layers: join(base, 'layers'),
    secret,
    patience,
    mark,
    tools,
    witnesses: around,
    close: async () => {
      await around.close();
      // Something that goes meanwhile ends a removal early, and `force` keeps that to itself.
      for (let round = 0; round < 10 && existsSync(base); round += 1) {
        openUp(base);
        rmSync(base, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

/** Folders that even their owner may not enter, such as those that the kernel makes for an overlay. */
function openUp(folder: string): void {
  try {
    chmodSync(folder, 0o700);
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) openUp(join(folder, entry.name));
  } catch (error) {
    // What stood in for absent files may be on its way out.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** A folder's entries by path: kind, mode and content. Nothing is opened that could hold one up. */
export type Picture = ReadonlyMap<string, string>;

/** Larger files are told apart by size and time. */
const WHOLE = 4 * 1024 * 1024;

/** Looks at `folder` and all below it, except for `without`. */
export function pictureOf(folder: string, without: readonly string[] = []): Picture {
  const picture = new Map<string, string>();
  const visit = (path: string, name: string) => {
    if (without.includes(path)) return;
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    picture.set(name, describe(path, found));
    if (found.isDirectory()) for (const entry of readdirSync(path)) visit(join(path, entry), `${name}/${entry}`);
  };
  visit(folder, '.');
  return picture;
}

function describe(path: string, found: Stats): string {
  const mode = (found.mode & 0o7777).toString(8);
  if (found.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (found.isDirectory()) return `folder ${mode}`;
  if (!found.isFile()) return `special ${found.mode.toString(8)}`;
  const content =
    found.size > WHOLE
      ? `${found.size} ${found.mtimeMs}`
      : createHash('sha256').update(readFileSync(path)).digest('hex');
  return `file ${mode} ${found.uid} ${content}`;
}

/** What is not the same any more. */
export function differences(before: Picture, after: Picture): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name) ?? 'nothing'} became ${after.get(name) ?? 'nothing'}`);
}
