import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable by which a descendant is found again after it left its process group. */
export const MARKER_NAME = 'PYAGENT_COMMAND_ID';

/** A started command and everything that descends from it. */
export interface ProcessTree {
  /** The process id of the command, which leads its own process group. */
  pid: number;
  /**
   * One of the words of {@link MARKER_NAME} in its environment; the others are those of the commands around it. Absent:
   * nothing of it can leave its process group.
   */
  marker?: string;
}

/** Sends `signal` to the whole tree; what is already gone is no error. */
export function signalTree(tree: ProcessTree, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    // Windows has no process groups that take signals; taskkill walks the children.
    spawn('taskkill', ['/pid', String(tree.pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => {});
    return;
  }
  sendSignal(-tree.pid, signal);
  for (const pid of strays(tree)) sendSignal(pid, signal);
}

/** Whether anything of the tree still runs. Call it only after the command itself has been reaped. */
export function treeIsAlive(tree: ProcessTree): boolean {
  if (process.platform === 'win32') return false;
  if (process.platform !== 'linux') return sendSignal(-tree.pid, 0);
  // The list of all processes is long; where the group is all there is and is gone, it need not be read.
  if (tree.marker === undefined && !sendSignal(-tree.pid, 0)) return false;
  return livingMembers(tree).length > 0;
}

/** Ends what the command left running: asks first, insists after `graceMs` milliseconds. */
export async function endTree(tree: ProcessTree, graceMs: number): Promise<void> {
  if (!treeIsAlive(tree)) return;
  signalTree(tree, 'SIGTERM');
  if (await diesWithin(tree, graceMs)) return;
  signalTree(tree, 'SIGKILL');
  await diesWithin(tree, graceMs);
}

async function diesWithin(tree: ProcessTree, milliseconds: number): Promise<boolean> {
  const step = 20;
  for (let waited = 0; waited < milliseconds; waited += step) {
    if (!treeIsAlive(tree)) return true;
    await new Promise((resolve) => setTimeout(resolve, step));
  }
  return !treeIsAlive(tree);
}

function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    // ESRCH: it ended meanwhile. EPERM: it became another user's, and is not ours to end.
    return false;
  }
}

/** Descendants outside the group. Best effort: only Linux lists them, and a cleared environment hides one. */
function strays(tree: ProcessTree): number[] {
  if (process.platform !== 'linux' || tree.marker === undefined) return [];
  return livingMembers(tree).filter((pid) => pid !== tree.pid);
}

function livingMembers(tree: ProcessTree): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      const stat = readProcFile(name, 'stat');
      // The name of the program, in parentheses, may itself hold spaces and parentheses.
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === undefined || state === '' || state === 'Z' || state === 'X') return false;
      if (Number(group) === tree.pid) return true;
      return tree.marker !== undefined && carriesMarker(readProcFile(name, 'environ'), tree.marker);
    })
    .map(Number);
}

function carriesMarker(environment: string, marker: string): boolean {
  const entry = environment.split('\0').find((variable) => variable.startsWith(`${MARKER_NAME}=`));
  return (
    entry
      ?.slice(MARKER_NAME.length + 1)
      .split(' ')
      .includes(marker) ?? false
  );
}

function readProcFile(pid: string, file: 'stat' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    // The process ended while the list was read, or belongs to another user.
    return '';
  }
}
