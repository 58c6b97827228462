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

/**
 * What a check's output tells. Every reader looks: a test script may run a linter, a compiler and two runners in a row.
 * A diagnostic that occurs twice is two failures; a test named twice is one.
 */
export function readOutput(output: CommandOutput, cwd: string): OutputReading {
  const lines = stripVTControlCharacters(`${output.stdout}\n${output.stderr}`)
    .split('\n')
    .map((line) =>
      line
        .slice(line.lastIndexOf('\r', line.length - 2) + 1)
        .slice(0, LONGEST_LINE)
        .trimEnd(),
    );
  const readings = READERS.map((reader) => reader.read(lines, cwd));
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

function numbered(failures: readonly CheckFailure[]): CheckFailure[] {
  const seen = new Map<string, number>();
  return failures.flatMap((failure) => {
    const count = (seen.get(failure.id) ?? 0) + 1;
    seen.set(failure.id, count);
    if (count === 1) return [failure];
    return failure.kind === 'test' ? [] : [{ ...failure, id: `${failure.id} (${count})` }];
  });
}
