import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../command.ts';
import { gitPlaces } from './git-places.ts';
import type { Mount, PlaceholderShape } from './sandbox-spec.ts';
import { systemMounts } from './system-mounts.ts';
import { isInside, toolFolders } from './tool-folders.ts';

/** How a sandboxed command sees the workspace. */
export type WorkspaceAccess =
  /** Its writes are the user's files. */
  | { kind: 'write' }
  /** Its writes go to `upper`, a folder of ours, which hides what it covers; `work` beside it is the file system's own. */
  | { kind: 'overlay'; upper: string; work: string }
  | { kind: 'read' };

/** The files that a sandbox shows. */
export interface SandboxPlace {
  /** Absolute, its true path. */
  workspace: string;
  access: WorkspaceAccess;
  /** The user's home folder: inside it is empty but for tools. Absent: there is none. */
  home?: string | undefined;
  /** The user's environment: it tells where tools are. */
  env: Environment;
  /** Further folders to show, read-only; absolute. */
  read?: readonly string[];
  /** Further folders that may be written; absolute, existing. */
  write?: readonly string[];
  /** Paths that nobody may change, relative to the workspace or absolute. */
  protect?: readonly { path: string; as: PlaceholderShape }[];
  /** Paths that cannot be seen, relative to the workspace or absolute. */
  hide?: readonly string[];
  /** The user id that starts the sandbox. */
  user?: { uid: number; gid: number } | undefined;
}

/** Where accounts and keys are kept in a home folder; never shown, also where the workspace is the home folder. */
const SECRETS_IN_HOME = [
  '.aws',
  '.azure',
  '.bash_history',
  '.cargo/credentials',
  '.cargo/credentials.toml',
  '.config/gcloud',
  '.config/gh',
  '.config/op',
  '.docker',
  '.git-credentials',
  '.gnupg',
  '.gradle/gradle.properties',
  '.kube',
  '.local/share/keyrings',
  '.local/state/pyagent',
  '.m2/settings.xml',
  '.netrc',
  '.node_repl_history',
  '.npmrc',
  '.password-store',
  '.pgpass',
  '.psql_history',
  '.pypirc',
  '.python_history',
  '.ssh',
  '.terraform.d',
  '.zsh_history',
];

/** What runs when its owner logs in, opens a shell or uses git; not to be changed where the workspace is the home folder. */
const RUN_AT_HOME = [
  '.bash_login',
  '.bash_logout',
  '.bash_profile',
  '.bashrc',
  '.config',
  '.gitconfig',
  '.local/bin',
  '.local/share/applications',
  '.pam_environment',
  '.profile',
  '.vimrc',
  '.xprofile',
  '.xsession',
  '.zlogin',
  '.zprofile',
  '.zshenv',
  '.zshrc',
];

const GIB = 1024 ** 3;

/** What a sandbox calls the user when root starts it. */
const UNPRIVILEGED = 1000;

/** The mounts of a sandbox, in order. */
export async function sandboxMounts(place: SandboxPlace): Promise<Mount[]> {
  const { workspace, access, home, user } = place;
  const uid = user?.uid || UNPRIVILEGED;
  const gid = user?.gid || UNPRIVILEGED;
  const tools = await toolFolders({ home, env: place.env, linked: virtualEnvironments(workspace) });
  const below = (path: string) => (path.startsWith('/') ? path : join(workspace, path));
  const ofGit = access.kind === 'read' ? [] : await gitPlaces(workspace);
  const secrets = home === undefined ? [] : SECRETS_IN_HOME.map((name) => join(home, name));
  const showsHome = home !== undefined && isInside(home, workspace);
  const atHome = showsHome ? [...secrets, ...RUN_AT_HOME.map((name) => join(home, name))] : [];
  const startsUp = atHome.map((path) => ({ path, as: 'nothing' as const }));
  const toolMounts = tools.map(({ path, writes }): Mount & { at: string } =>
    writes ? thrownAway(path) : { kind: 'read', from: path, at: path },
  );
  const overWorkspace = (mount: { at: string }) => showsHome && isInside(mount.at, home);
  const shown = [...tools.map(({ path }) => path), ...(place.read ?? []), ...(place.write ?? []), workspace];
  return [
    ...(await systemMounts({ uid, gid, home: home ?? '/' })),
    { kind: 'tmpfs', at: '/tmp', bytes: GIB },
    ...(home === undefined || showsHome ? [] : [{ kind: 'tmpfs', at: home, bytes: GIB } as const]),
    ...toolMounts.filter((mount) => !overWorkspace(mount)),
    ...(place.read ?? []).map((path): Mount => ({ kind: 'read', from: path, at: path, optional: true })),
    workspaceMount(workspace, access),
    ...toolMounts.filter(overWorkspace),
    ...(place.write ?? []).map((path): Mount => ({ kind: 'write', from: path, at: path })),
    ...(access.kind === 'read'
      ? []
      : [...(await presentOrTaken(place.protect ?? [], below)), ...ofGit, ...startsUp].map(
          ({ path, as }): Mount => ({ kind: 'protect', at: below(path), as }),
        )),
    ...[...secrets, ...(place.hide ?? []).map(below)]
      .filter((path) => shown.some((folder) => isInside(path, folder)))
      .map((path): Mount => ({ kind: 'hide', at: path })),
  ];
}

/**
 * Without what is protected only where it is there, and is not. (The helper could take such a name too, by a link that
 * leads nowhere; but programs that go through a folder stumble over one.)
 */
async function presentOrTaken(
  protect: NonNullable<SandboxPlace['protect']>,
  below: (path: string) => string,
): Promise<NonNullable<SandboxPlace['protect']>> {
  const there = await Promise.all(
    protect.map(({ path, as }) => as !== 'nothing' || lstat(below(path)).then(Boolean, () => false)),
  );
  return protect.filter((_, index) => there[index]);
}

function workspaceMount(workspace: string, access: WorkspaceAccess): Mount {
  switch (access.kind) {
    case 'write':
      return { kind: 'write', from: workspace, at: workspace };
    case 'read':
      return { kind: 'read', from: workspace, at: workspace };
    case 'overlay':
      return { kind: 'overlay', from: workspace, at: workspace, upper: access.upper, work: access.work };
  }
}

function thrownAway(path: string): Mount & { at: string } {
  return { kind: 'overlay', from: path, at: path, bytes: GIB };
}

function virtualEnvironments(workspace: string): string[] {
  return ['.venv', 'venv', 'env'].map((name) => join(workspace, name, 'bin'));
}
