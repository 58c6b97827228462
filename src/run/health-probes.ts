import { constants, existsSync } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { native } from '../native/index.ts';
import type { HealthFinding, HealthProbe } from '../observability/index.ts';
import { layers } from '../sandbox/index.ts';
import { readHistory } from '../state/index.ts';
import { readWorkspace, type WorkspaceFolder, workspaceFolder } from './workspace-folder.ts';

/** Less free space than this is worth a warning: originals of every changed file must fit. */
const LOW_SPACE = 256 * 1024 * 1024;

/** The probes of `pyagent audit` for the repository at `root`. */
export function healthProbes(root: string, stateHome: string): HealthProbe[] {
  const folder = () => workspaceFolder(stateHome, root);
  return [
    { name: 'native addon', look: lookAtAddon },
    { name: 'state folder', look: () => lookAtStateFolder(stateHome) },
    { name: 'disk', look: () => lookAtDisk(stateHome) },
    { name: 'store', look: () => lookAtStore(folder()) },
    { name: 'recovery', look: () => lookAtRecovery(folder()) },
    { name: 'repository', look: () => lookAtRepository(root) },
    { name: 'sandbox', look: lookAtSandbox },
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
  const advice = 'Move the file away; runs in it can then no longer be undone.';
  return { status: 'failed', detail: `${folder.store} is damaged: ${damage.slice(0, 3).join('; ')}`, advice };
}

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

async function lookAtSandbox(): Promise<HealthFinding> {
  const { isolated, statement } = layers();
  if (isolated) return { status: 'ok', detail: statement };
  return {
    status: 'warning',
    detail: statement,
    advice: 'Run PyAgent only on repositories whose tests you would run.',
  };
}

async function lookAtModel(): Promise<HealthFinding> {
  return { status: 'ok', detail: 'none configured; this version needs none and uses none' };
}
