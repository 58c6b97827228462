import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** What one run of a command cost and said. */
export interface Execution {
  status: number;
  stdout: string;
  stderr: string;
  /** Wall time in milliseconds, from the start of the process to its end. */
  wallMs: number;
  /** Peak resident memory in MiB of the largest process of the command. */
  peakMiB: number;
}

/** A command line with the folder it runs in. */
export interface CommandLine {
  argv: string[];
  cwd: string;
  /** Added to the bench's own environment. */
  env?: Record<string, string>;
  /** Milliseconds after which the command is killed and counted as failed; default ten minutes. */
  timeoutMs?: number;
}

const gnuTime = '/usr/bin/time';

/** Runs a command to its end. A non-zero status is an answer, not an error: linters use it for "found something". */
export async function execute(command: CommandLine): Promise<Execution> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const memoryFile = join(folder, 'memory');
  const measured = existsSync(gnuTime) ? [gnuTime, '-q', '-f', '%M', '-o', memoryFile, ...command.argv] : command.argv;
  try {
    const run = await runToEnd(measured, command);
    const kilobytes = measured === command.argv ? run.polledKilobytes : Number(await readFile(memoryFile, 'utf8'));
    return { ...run, peakMiB: kilobytes / 1024 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runToEnd(
  argv: string[],
  command: CommandLine,
): Promise<Omit<Execution, 'peakMiB'> & { polledKilobytes: number }> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(argv[0] as string, argv.slice(1), {
      cwd: command.cwd,
      env: {
        ...process.env,
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        NO_COLOR: '1',
        ...command.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let polledKilobytes = 0;
    const poll = setInterval(() => {
      polledKilobytes = Math.max(polledKilobytes, highWaterMark(child.pid));
    }, 20);
    const kill = setTimeout(() => child.kill('SIGKILL'), command.timeoutMs ?? 600_000);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const wallMs = performance.now() - start;
      clearInterval(poll);
      clearTimeout(kill);
      resolve({
        status: code ?? 137,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
        wallMs,
        polledKilobytes,
      });
    });
  });
}

/** Peak memory so far of one process, where there is no GNU time: the first process of the command only. */
function highWaterMark(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
