import { join } from 'node:path';
import { type Attempt, probe } from '../attempt.ts';

const MIB = 1024 ** 2;

const used = (title: string, words: readonly string[], limits: object, more: Partial<Attempt> = {}): Attempt => ({
  number: 25,
  title,
  argv: probe(...words),
  wishes: () => ({ limits, timeoutMs: 10_000 }),
  claims: true,
  ways: ['write'],
  ...more,
});

/** (25). Each stops by itself; the limits are small so that little is needed to go over them. */
export const EXHAUSTION: readonly Attempt[] = [
  used('three hundred processes at once', ['processes', '300'], { processes: 64 }),
  used('more memory than it has, in one process', ['memory', '384'], { memoryBytes: 64 * MIB }),
  used('more memory than it has, in eight processes', ['memory-of-many', '8', '40'], { memoryBytes: 96 * MIB }),
  used('more of the processor than it has', ['processor', '1.8'], { cpuSeconds: 1 }),
  used('a file that is too large', ['fill', 'large', '64'], { fileBytes: 16 * MIB }),
  used(
    'one file beyond the quota of the workspace',
    ['fill', 'large', '128'],
    { workspaceBytes: 16 * MIB },
    {
      ways: ['write', 'overlay'],
    },
  ),
  used(
    'many files beyond the quota of the workspace',
    ['fill-by-files', '128'],
    { workspaceBytes: 16 * MIB },
    {
      ways: ['write', 'overlay'],
    },
  ),
  used(
    'the temporary folder beyond its size',
    ['fill', '/tmp/large', '1100'],
    {},
    {
      // Without a sandbox a little stands for all of it: it would go to the disk of the machine.
      argv: (place, way) =>
        way === 'plain'
          ? ['escape-probe', 'fill', join(place.outside, 'large'), '8']
          : ['escape-probe', 'fill-at-once', '/tmp/large', '1100'],
      wishes: () => ({ limits: { memoryBytes: 3072 * MIB }, timeoutMs: 20_000 }),
    },
  ),
  used(
    'sixty-four mebibytes of output',
    ['output', '64'],
    {},
    {
      claims: false,
      wishes: () => ({ limits: {}, outputLimitBytes: 4 * MIB, timeoutMs: 10_000 }),
      after: (_, ran) =>
        ran.kind === 'exited' && ran.stdout.includes('PROBE-WORKED') ? 'all of it was taken' : undefined,
    },
  ),
  used('two thousand open files', ['descriptors', '2000'], { openFiles: 256 }),
];
