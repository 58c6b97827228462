/**
 * `npm test`: format, lint, types, every test, Rust included, and the short form of the bench. Each step runs even
 * when an earlier one failed; the last line counts tests and steps: `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface Step {
  name: string;
  argv: string[];
  /** Reads a test runner's own summary; without it the step counts as one check. */
  tally?: (output: string) => Tally;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const bin = (name: string) => `${root}node_modules/.bin/${name}`;

function sum(output: string, pattern: RegExp): number {
  return [...output.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
}

const nodeTally = (output: string): Tally => ({
  passed: sum(output, /^ℹ pass (\d+)$/gm),
  failed: sum(output, /^ℹ fail (\d+)$/gm) + sum(output, /^ℹ cancelled (\d+)$/gm),
  skipped: sum(output, /^ℹ skipped (\d+)$/gm) + sum(output, /^ℹ todo (\d+)$/gm),
});

const cargoTally = (output: string): Tally => ({
  passed: sum(output, /^test result: .* (\d+) passed;/gm),
  failed: sum(output, /^test result: .* (\d+) failed;/gm),
  skipped: sum(output, /^test result: .* (\d+) ignored;/gm),
});

const testFiles = () =>
  globSync(['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'], { cwd: root })
    .filter((file) => !/(^|\/)(node_modules|\.cache)\//.test(file))
    .sort();

const steps: Step[] = [
  { name: 'format and lint', argv: [bin('biome'), 'ci', '--colors=off', '--error-on-warnings', '.'] },
  { name: 'types', argv: [bin('tsc'), '-p', '.'] },
  { name: 'Rust format', argv: ['cargo', 'fmt', '--check'] },
  { name: 'Rust lint', argv: ['cargo', 'clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings'] },
  {
    name: 'Rust tests',
    argv: ['cargo', 'test', '--locked', '--workspace', '--exclude', 'pyagent_node', '--no-fail-fast'],
    tally: cargoTally,
  },
  {
    // What is built for systems that are neither Linux nor Apple's, as far as it can be run on any.
    name: 'Rust tests, portable',
    argv: ['cargo', 'test', '--locked', '--package', 'pyagent_files', '--features', 'portable', '--no-fail-fast'],
    tally: cargoTally,
  },
  {
    name: 'TypeScript tests',
    argv: [
      process.execPath,
      '--test',
      `--test-concurrency=${availableParallelism()}`,
      '--test-reporter=spec',
      ...testFiles(),
    ],
    tally: nodeTally,
  },
  // What was planted is found and repaired; nothing is timed.
  { name: 'Bench, short form', argv: [process.execPath, 'bench/run.ts', '--smoke'] },
];

function run(step: Step): Promise<Tally> {
  const started = performance.now();
  process.stdout.write(`\n== ${step.name}\n`);
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(step.argv[0] ?? '', step.argv.slice(1), { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.on('error', (error) => {
      process.stdout.write(`could not start ${step.argv[0]}: ${error.message}\n`);
      resolve({ passed: 0, failed: 1, skipped: 0 });
    });
    child.on('close', (code) => {
      const tally = step.tally?.(output) ?? { passed: code === 0 ? 1 : 0, failed: 0, skipped: 0 };
      // A runner that failed without naming a test (it did not compile, it crashed) is one failure.
      if (code !== 0 && tally.failed === 0) tally.failed = 1;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      process.stdout.write(`-- ${step.name}: ${tally.passed} passed, ${tally.failed} failed in ${seconds} s\n`);
      resolve(tally);
    });
  });
}

const only = process.argv.slice(2);
const total: Tally = { passed: 0, failed: 0, skipped: 0 };
for (const step of steps) {
  if (only.length > 0 && !only.includes(step.name)) continue;
  const tally = await run(step);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
}
process.stdout.write(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`,
);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
