import { constants, existsSync } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { native } from '../native/index.ts';
import type { HealthFinding, HealthProbe } from '../observability/index.ts';
import { checkContents, readHistory } from '../state/index.ts';
import type { Store } from '../store/index.ts';
import type { SandboxTrial } from './try-sandbox.ts';
import { readWorkspace, type WorkspaceFolder, workspaceFolder } from './workspace-folder.ts';

/** Less free space than this is worth a warning: originals of every changed file must fit. */
const LOW_SPACE = 256 * 1024 * 1024;

/** So much of the kept contents is read again when nobody asks for all of it. */
const QUICK = 64 * 1024 * 1024;

/** What {@link healthProbes} looks at. */
export interface HealthProbesOptions {
  root: string;
  stateHome: string;
  /** Read every kept content again. Default: a part. */
  deep?: boolean | undefined;
  /** Runs a command in a sandbox and tells by what it was kept apart. */
  trySandbox(): Promise<SandboxTrial>;
}

/** The probes of `pyagent audit` for the repository at `root`. */
export function healthProbes({ root, stateHome, deep = false, trySandbox }: HealthProbesOptions): HealthProbe[] {
  const folder = () => workspaceFolder(stateHome, root);
  return [
    { name: 'native addon', look: lookAtAddon },
    { name: 'state folder', look: () => lookAtStateFolder(stateHome) },
    { name: 'disk', look: () => lookAtDisk(stateHome) },
    { name: 'store', look: () => lookAtStore(folder()) },
    { name: 'kept contents', look: () => lookAtContents(folder(), deep) },
    { name: 'recovery', look: () => lookAtRecovery(folder()) },
    { name: 'repository', look: () => lookAtRepository(root) },
    { name: 'sandbox', look: async () => lookAtSandbox(await trySandbox()) },
    { name: 'model', look: lookAtModel },
  ];
}

async function lookAtAddon(): Promise<HealthFinding> {
  return { status: 'ok', detail: `loaded, built from sources ${native().sourceHash().slice(0, 12)}` };
}

async function lookAtStateFolder(stateHome: string): Promise<HealthFinding> {
  await mkdir(stateHome, { recursive: true, mode: 0o700 });
  await access(stateHome, constants.R_OK | constants.W_OK | constants.X_OK);
  return { status: 'ok', detail: `${stateHome} is writable` };
}

async function lookAtDisk(stateHome: string): Promise<HealthFinding> {
  const { bavail, bsize } = await statfs(nearestExisting(stateHome));
  const free = bavail * bsize;
  const detail = `${(free / 1e9).toFixed(1)} GB free at ${stateHome}`;
  if (free >= LOW_SPACE) return { status: 'ok', detail };
  return { status: 'warning', detail, advice: 'Free some space: the originals of changed files are kept there.' };
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

async function lookAtStore(folder: WorkspaceFolder): Promise<HealthFinding> {
  const damage = await readWorkspace(folder, (store) => store.check(), undefined);
  if (damage === undefined) return { status: 'ok', detail: 'none yet; the first run creates it' };
  if (damage.length === 0) return { status: 'ok', detail: `${folder.store} is intact` };
  const advice =
    `Restore it from a backup, or move it away: runs in it can then no longer be undone. The originals of changed files ` +
    `are in ${join(folder.path, 'objects')}, each named by the BLAKE3 of its bytes.`;
  return { status: 'failed', detail: `${folder.store} is damaged: ${damage.slice(0, 3).join('; ')}`, advice };
}

async function lookAtContents(folder: WorkspaceFolder, deep: boolean): Promise<HealthFinding> {
  if (!existsSync(folder.path)) return { status: 'ok', detail: 'none yet' };
  const request = { stateFolder: folder.path, ...(deep ? {} : { atMost: QUICK }) };
  const check = (store?: Store) => checkContents(store === undefined ? request : { ...request, store });
  // Also where the store itself is damaged, which is another line of the audit: the contents stand apart from it.
  const { checked, total, spoiled } = await readWorkspace(folder, check, undefined)
    .catch(() => undefined)
    .then((found) => found ?? check());
  const rest = checked === total ? '' : `; ${total - checked} more were not read, --deep reads all`;
  if (spoiled.length === 0) return { status: 'ok', detail: `${checked} of ${total} hash to their names${rest}` };
  const lines = spoiled.map(({ path, what, runs }) => {
    return `${path} is ${what}${runs.length === 0 ? '' : `, needed by ${runs.join(', ')}`}`;
  });
  return {
    status: 'failed',
    detail: `${[...lines.slice(0, LISTED), ...(lines.length > LISTED ? [`${lines.length} in all`] : [])].join('; ')}${rest}`,
    advice: 'Restore them from a backup of the state folder; files that do not need them can be undone with --only.',
  };
}

/** Damaged contents that are named. */
const LISTED = 50;

async function lookAtRecovery(folder: WorkspaceFolder): Promise<HealthFinding> {
  const history = await readWorkspace(folder, readHistory, []);
  const open = history.filter(({ state }) => state === 'open');
  if (open.length === 0) return { status: 'ok', detail: 'no run was left open' };
  return {
    status: 'warning',
    detail: `${open.map(({ run }) => run).join(', ')} is going on, or its process was killed`,
    advice: 'If nothing is running, the next run (or undo) rolls it back first.',
  };
}

async function lookAtRepository(root: string): Promise<HealthFinding> {
  await access(root, constants.R_OK | constants.X_OK);
  try {
    await access(root, constants.W_OK);
  } catch {
    return { status: 'warning', detail: `${root} is read-only`, advice: 'Runs can only report; use --dry-run.' };
  }
  return { status: 'ok', detail: `${root} is readable and writable` };
}

function lookAtSandbox(trial: SandboxTrial): HealthFinding {
  if (trial.kind === 'refused') {
    return {
      status: 'warning',
      detail: `not isolated: ${trial.reason}`,
      advice:
        'The checks of a repository are not run here, and changes land unverified. With --isolation none they run with ' +
        'all your rights: only for repositories whose tests you would run yourself.',
    };
  }
  const missing = trial.layers.filter(({ active }) => !active);
  const told = (layers: typeof trial.layers) => layers.map(({ name, detail }) => `${name} (${detail})`).join(', ');
  const active = `a command was run isolated by ${told(trial.layers.filter((layer) => layer.active))}`;
  return { status: 'ok', detail: missing.length === 0 ? active : `${active}; not here: ${told(missing)}` };
}

async function lookAtModel(): Promise<HealthFinding> {
  return { status: 'ok', detail: 'none configured; this version needs none and uses none' };
}
