import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../kernel/index.ts';
import { native } from '../../native/index.ts';
import { commandRunner } from '../../sandbox/index.ts';
import type { FileState, NetChange } from '../../state/index.ts';
import { type Landing, type LandingRequest, type LandingWork, landingFor } from '../index.ts';

/** What a run makes of a path: content, content with a mode, a link, or nothing. */
export type Edit = string | Uint8Array | { content: string | Uint8Array; mode: number } | { target: string } | null;

/** A git repository of one test, with a person whose settings are their own. */
export interface TestRepository {
  folder: string;
  root: string;
  env: Record<string, string>;
  /** Runs git in the root; gives what it prints, without the last line end. */
  git(...args: string[]): string;
  write(files: Readonly<Record<string, Edit>>): void;
  /** Changes files as a run does and puts them back; gives what a transaction would have recorded. */
  work(files: Readonly<Record<string, Edit>>, at?: string): Pick<LandingWork, 'changes' | 'read'>;
  landing(request: LandingRequest, more?: { root?: string; env?: Record<string, string> }): Landing;
  /** Everything in git's folder but objects and refs, byte by byte: index, stash, hooks, HEAD, logs, settings. */
  gitFiles(): Record<string, string>;
}

/** A repository with one commit of `files`; without `files` there is no commit yet. */
export function gitRepository(
  t: Pick<TestContext, 'after'>,
  files?: Readonly<Record<string, Edit>>,
  ...init: string[]
): TestRepository {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pyagent-landing-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'shop');
  mkdirSync(root);
  const env = { PATH: process.env.PATH ?? '', HOME: folder, LANG: 'C.UTF-8' };
  const git = (...args: string[]) => gitAt(root, env, args);
  git('init', '-q', '--template=', '-b', 'main', ...init);
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.org');
  const write: TestRepository['write'] = (edits) => {
    for (const [path, edit] of Object.entries(edits)) put(join(root, path), edit);
  };
  if (files) {
    write(files);
    git('add', '-A');
    git('commit', '-q', '-m', 'first');
  }
  return {
    folder,
    root,
    env,
    git,
    write,
    work: (edits, at = root) => work(edits, at),
    landing: (request, more = {}) =>
      landingFor({
        request,
        run: 'run_1',
        root: more.root ?? root,
        scratch: join(folder, 'scratch'),
        env: { ...env, ...more.env },
        runCommand: commandRunner({ clock: systemClock }),
      }),
    gitFiles: () => filesOf(join(root, '.git'), ['objects', 'refs']),
  };
}

/** Runs git in `cwd` as the person of `env`. */
export function gitAt(cwd: string, env: Record<string, string>, args: readonly string[]): string {
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replace(
    /\n$/,
    '',
  );
}

function work(edits: Readonly<Record<string, Edit>>, root: string): Pick<LandingWork, 'changes' | 'read'> {
  const kept = new Map<string, Uint8Array>();
  const changes: NetChange[] = [];
  for (const [path, edit] of Object.entries(edits)) {
    const place = join(root, path);
    const before = stateOf(place, kept);
    const original = before.kind === 'file' ? { content: kept.get(before.hash) ?? '', mode: before.mode } : null;
    put(place, edit);
    changes.push({ path, before, after: stateOf(place, kept) });
    put(place, before.kind === 'symlink' ? { target: before.target } : original);
  }
  const read = async (hash: string) => kept.get(hash) ?? Promise.reject(new Error(`nothing is kept under ${hash}`));
  return { changes: changes.sort((a, b) => (a.path < b.path ? -1 : 1)), read };
}

function put(place: string, edit: Edit): void {
  rmSync(place, { recursive: true, force: true });
  if (edit === null) return;
  mkdirSync(dirname(place), { recursive: true });
  if (typeof edit === 'string' || edit instanceof Uint8Array) writeFileSync(place, edit, { mode: 0o644 });
  else if ('target' in edit) symlinkSync(edit.target, place);
  else {
    writeFileSync(place, edit.content);
    chmodSync(place, edit.mode);
  }
}

function stateOf(place: string, kept: Map<string, Uint8Array>): FileState {
  const stats = lstatSync(place, { throwIfNoEntry: false });
  if (!stats) return { kind: 'absent' };
  if (stats.isSymbolicLink()) return { kind: 'symlink', target: readlinkSync(place) };
  const bytes = readFileSync(place);
  const hash = native().hashBytes(bytes);
  kept.set(hash, bytes);
  return { kind: 'file', hash, mode: stats.mode & 0o7777, size: bytes.length, owner: [stats.uid, stats.gid] };
}

/** Each file below `folder` with its mode and bytes, without the folders `except` at its top. */
export function filesOf(folder: string, except: readonly string[] = []): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (at: string, prefix: string) => {
    for (const name of readdirSync(at).sort()) {
      if (prefix === '' && except.includes(name)) continue;
      const [place, path] = [join(at, name), prefix + name];
      const stats = lstatSync(place);
      if (stats.isDirectory()) visit(place, `${path}/`);
      else if (stats.isSymbolicLink()) found[path] = `link ${readlinkSync(place)}`;
      else found[path] = `${(stats.mode & 0o7777).toString(8)} ${native().hashBytes(readFileSync(place))}`;
    }
  };
  if (existsSync(folder)) visit(folder, '');
  return found;
}
