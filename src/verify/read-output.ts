import { stripVTControlCharacters } from 'node:util';
import type { CommandOutput } from '../sandbox/index.ts';
import type { CheckFailure, OutputReader, OutputReading } from './check-failure.ts';
import { diagnosticsReader, eslintReader } from './output/diagnostics.ts';
import { pytestReader, unittestReader } from './output/python-tests.ts';
import { tapReader } from './output/tap.ts';
import { jestReader, markedLineReader, mochaReader, nodeSpecReader, vitestReader } from './output/test-runners.ts';

const READERS: readonly OutputReader[] = [
  diagnosticsReader,
  eslintReader,
  tapReader,
  nodeSpecReader,
  jestReader,
  vitestReader,
  mochaReader,
  markedLineReader,
  pytestReader,
  unittestReader,
];

/** No tool names a failure on a longer line; a bundle printed on one would only cost time. */
const LONGEST_LINE = 4000;

/** What a check's output tells. Every reader looks: a test script may run a linter, a compiler and two runners in a row. */
export function readOutput(output: CommandOutput, cwd: string): OutputReading {
  const readings: OutputReading[] = [];
  for (const [owner, lines] of byPackage(toLines(output))) {
    for (const reader of READERS) {
      const reading = reader.read(lines, cwd);
      const failures = reading.failures.map((failure) => ({ ...failure, id: `${owner}${failure.id}` }));
      readings.push({ ...reading, failures });
    }
  }
  const counts = readings.flatMap((reading) => reading.passed ?? []);
  const incomplete =
    readings.find((reading) => reading.incomplete !== undefined)?.incomplete ??
    (output.truncated ? 'it printed more than is kept, and the part left out may name more failures' : undefined);
  return {
    failures: numbered(readings.flatMap((reading) => reading.failures)),
    ...(counts.length === 0 ? {} : { passed: counts.reduce((sum, count) => sum + count, 0) }),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

function toLines({ stdout, stderr }: CommandOutput): string[] {
  return stripVTControlCharacters(`${stdout}\n${stderr}`)
    .split('\n')
    .map((line) =>
      line
        .slice(line.lastIndexOf('\r', line.length - 2) + 1)
        .slice(0, LONGEST_LINE)
        .trimEnd(),
    );
}

/**
 * Monorepo runners put the package before each line (`packages/a test: ` pnpm, `a:test: ` turbo) and mix the packages;
 * the lines of each are read on their own, and its failures carry its name.
 */
function byPackage(lines: readonly string[]): Map<string, string[]> {
  const packages = new Map<string, string[]>();
  for (const line of lines) {
    const prefix =
      /^((?:@[\w.-]+\/)?[\w./-]+[ :](?:test|tests|unit|typecheck|type-check|check-types)(?::[\w-]+)?): ?/.exec(line);
    const owner = prefix === null ? '' : `${prefix[1]}: `;
    const text = prefix === null ? line : line.slice(prefix[0].length);
    const own = packages.get(owner);
    if (own === undefined) packages.set(owner, [text]);
    else own.push(text);
  }
  return packages;
}

/** The same name twice is two failures: packages of a monorepo have files of the same name. */
function numbered(failures: readonly CheckFailure[]): CheckFailure[] {
  const seen = new Map<string, number>();
  return failures.map((failure) => {
    const count = (seen.get(failure.id) ?? 0) + 1;
    seen.set(failure.id, count);
    return count === 1 ? failure : { ...failure, id: `${failure.id} (${count})` };
  });
}
