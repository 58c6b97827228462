import { spawn } from 'node:child_process';
import { ENVIRONMENT, readTrace, type Traced, type TracedRequest } from './strace.ts';

/**
 * Runs a program, and puts it under strace when it says `word`: strace's counting begins there, for all threads. The
 * program must wait for a line on its standard input after that word.
 */
export function tracedFrom(
  word: string,
  { command, options, traceFile, limit = 60_000 }: TracedRequest,
): Promise<Traced> {
  const [program = '', ...words] = command;
  const child = spawn(program, words, { cwd: '/', env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'ignore'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  let output = '';
  let tracing: Promise<void> | undefined;
  const trace = async () => {
    const strace = spawn('strace', ['-f', '-e', 'signal=none', '-o', traceFile, ...options, '-p', String(child.pid)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const over = new Promise<void>((resolve, reject) => strace.on('close', () => resolve()).on('error', reject));
    let attached = false;
    strace.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (attached || !text.includes('attached')) return;
      attached = true;
      child.stdin.write('\n');
    });
    await over;
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.includes(word)) tracing ??= trace();
  });
  // A program that is killed cannot read any more.
  child.stdin.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', async (code, signal) => {
      clearTimeout(timer);
      await tracing;
      resolve({ output, signal, code, trace: readTrace(traceFile) });
    });
  });
}
