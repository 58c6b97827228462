import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** Calls that change files, or that put changes in order. A `?` lets strace go on where the kernel has no such call. */
const CALLS = [
  ...['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'open', 'openat', 'openat2', 'creat', 'mknod', 'mknodat'],
  ...['rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'mkdir', 'mkdirat', 'rmdir', 'link', 'linkat'],
  ...['symlink', 'symlinkat', 'chmod', 'fchmod', 'fchmodat', 'fchmodat2', 'chown', 'lchown', 'fchown', 'fchownat'],
  ...['truncate', 'ftruncate', 'fallocate', 'copy_file_range', 'sendfile', 'splice', 'ioctl', 'utimensat', 'utimes'],
  ...['fsync', 'fdatasync', 'syncfs', 'sync', 'sync_file_range', 'setxattr', 'fsetxattr', 'mmap', 'msync'],
];

/** strace's word for {@link CALLS}. */
export const TRACED = CALLS.map((call) => `?${call}`).join(',');

/** Longest content that a recording keeps whole, in bytes. */
const WHOLE = 64 * 1024 * 1024;

/** What a process under strace came to. */
export interface Traced {
  /** Its standard output. */
  output: string;
  signal: NodeJS.Signals | null;
  code: number | null;
  /** What strace wrote. */
  trace: string;
}

/** How to start one. */
export interface TracedRequest {
  /** Program and arguments. */
  command: readonly string[];
  /** strace's own options. */
  options: readonly string[];
  /** Where strace writes; removed afterwards. */
  traceFile: string;
  /** Milliseconds after which everything is killed and the promise rejects. Default: a minute. */
  limit?: number;
}

/**
 * Options of a recording that can be replayed: all calls, paths of descriptors, contents whole. `--seccomp-bpf` makes it
 * quick; it is for recordings only, because strace 6.1 drops most injected signals with it.
 */
export const RECORDING = ['--seccomp-bpf', '-y', '-xx', '-s', String(WHOLE), '-e', `trace=${TRACED}`];

/** One worker thread for Node's file calls, so that they have one order. */
export const ENVIRONMENT = {
  PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
  UV_THREADPOOL_SIZE: '1',
  UV_USE_IO_URING: '0',
};

/** Runs a program under strace. */
export function traced({ command, options, traceFile, limit = 60_000 }: TracedRequest): Promise<Traced> {
  const words = ['-f', '-qq', '-e', 'signal=none', '-o', traceFile, ...options, ...command];
  const child = spawn('strace', words, {
    cwd: '/',
    env: ENVIRONMENT,
    // strace has a word to say about each path that is a symbolic link.
    stdio: ['ignore', 'pipe', 'ignore'],
    // A group of its own, so that the limit ends strace and what it traces.
    detached: true,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limit);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const trace = readTrace(traceFile);
      if (late) reject(new Error(`${command.join(' ')} did not end within ${limit} ms; so far it said: ${output}`));
      else resolve({ output, signal, code, trace });
    });
  });
}

/** What strace wrote; nothing when it was killed before. The file is gone afterwards. */
export function readTrace(path: string): string {
  if (!existsSync(path)) return '';
  const trace = readFileSync(path, 'latin1');
  rmSync(path);
  return trace;
}

/**
 * Why nothing can be traced here, as a sentence; `undefined` when it can. Root on Debian gets strace installed.
 */
export function straceProblem(): string | undefined {
  if (process.platform !== 'linux') return `system calls are traced on Linux only, this is ${process.platform}`;
  const works = () =>
    spawnSync('strace', ['-f', '-qq', '--seccomp-bpf', '-o', '/dev/null', 'true'], { timeout: 20_000 });
  let tried = works();
  if (tried.error && process.getuid?.() === 0) {
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'strace'], { timeout: 120_000 });
    tried = works();
  }
  if (tried.error) return `strace is not installed, and could not be (${tried.error.message}): apt-get install strace`;
  if (tried.status === 0) return undefined;
  return `strace does not work here (${tried.stderr.toString().trim().split('\n').at(-1)}): allow ptrace`;
}
