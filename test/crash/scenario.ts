import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Operation, Workspace } from '../../src/state/index.ts';
import { below } from './tree-picture.ts';

/** What a process does in the workspace after it has recovered it. */
export type Ending =
  | 'commit'
  /** A commit of a transaction in which a command worked, whose effects were captured. */
  | 'capture'
  /** A commit of one batch of more files than are flushed one by one. */
  | 'many'
  | 'rollback'
  | 'undo'
  | 'redo'
  | 'recover';

/** The run that the scenario's transaction belongs to. */
export const RUN = 'run_scenario';

const BIG = 200_000;
/** More than two pages, so that a power cut can keep one and lose the other. */
const LINKED = 10_000;

/** Bytes that look alike nowhere: a lost page cannot go unnoticed. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/**
 * Which files have several names: `all`: one that is overwritten, and one whose names go and come; `overwritten`: only
 * that. The journal knows such files by their inodes, so a tree that is made anew can only have what needs no memory.
 */
export type Links = 'all' | 'overwritten' | 'none';

/** Makes the repository in which the scenario takes place: one of everything that a transaction promises to keep. */
export function makeRepository(root: string, links: Links): void {
  const file = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    chmodSync(join(root, path), mode);
  };
  for (let n = 0; n < 4; n += 1) file(`src/m${n}.ts`, `export const m${n} = ${n};\n`.repeat(n + 1));
  file('src/old-name.ts', 'export const moved = true;\n');
  file('tool.sh', '#!/bin/sh\n', 0o755);
  file('private.key', 'secret\n', 0o600);
  file('big.bin', noise(BIG, 1));
  file('linked.bin', noise(LINKED, 2));
  if (links !== 'none') linkSync(join(root, 'linked.bin'), join(root, 'other-name.bin'));
  if (links === 'all') {
    file('pair/a.txt', 'one file, three names\n');
    for (const name of ['b', 'c']) linkSync(join(root, 'pair/a.txt'), join(root, `pair/${name}.txt`));
  }
  file('was-file', 'a file that becomes a folder\n');
  file('was-folder/a.ts', 'a folder that becomes a file\n');
  mkdirSync(join(root, 'empty'));
  mkdirSync(join(root, 'shared'));
  // A mode that no new folder has by itself: it is set in a second step.
  chmodSync(join(root, 'shared'), 0o775);
  file('Readme.md', '# Case\n');
  mkdirSync(join(root, 'kept-empty'));
  writeFileSync(below(root, 'na\xefve.txt'), 'the name is Latin-1\n');
  symlinkSync('src/m0.ts', join(root, 'pointer'));
  symlinkSync('src/m1.ts', join(root, 'turning'));
}

const write = (path: string, content: string | Buffer, mode?: number): Operation => ({
  kind: 'write',
  path,
  bytes: Buffer.from(content),
  ...(mode === undefined ? {} : { mode }),
});

/** Stays: the savepoint is set after it. */
const FIRST: Operation[] = [
  write('src/m0.ts', 'changed once\n'),
  { kind: 'remove', path: 'src/m1.ts' },
  write('fresh/deep/n.ts', 'new\n'),
  { kind: 'rename', from: 'src/old-name.ts', to: 'lib/new-name.ts' },
  write('tool.sh', '#!/bin/sh\n', 0o644),
  write('na\uefefve.txt', 'a byte that is not UTF-8 in the name\n'),
  { kind: 'rename', from: 'pointer', to: 'src/pointer' },
  { kind: 'rename', from: 'Readme.md', to: 'README.md' },
  write('shared/inner/a.ts', 'for the group\n'),
];

/** Part of the first batch where there are such files. */
const PAIRS: Operation[] = [
  { kind: 'remove', path: 'pair/b.txt' },
  { kind: 'rename', from: 'pair/c.txt', to: 'pair/d.txt' },
];

/** Is taken back by the return to the savepoint. */
const DETOUR: Operation[] = [
  write('src/m0.ts', 'changed twice\n'),
  write('src/m2.ts', ''),
  { kind: 'remove', path: 'fresh/deep/n.ts' },
  write('linked.bin', noise(LINKED + 5_000, 3)),
];

const SECOND: Operation[] = [
  write('src/m2.ts', 'export const m2 = "other";\n'),
  write('private.key', 'another secret\n'),
  write('linked.bin', noise(LINKED - 1_500, 4)),
  write('big.bin', noise(BIG + 20_000, 5)),
  { kind: 'remove', path: 'was-file' },
  { kind: 'remove', path: 'was-folder/a.ts' },
  { kind: 'remove', path: 'empty' },
  { kind: 'mkdir', path: 'hollow' },
];

const THIRD: Operation[] = [
  write('was-file/inside.ts', 'it was a file\n'),
  { kind: 'remove', path: 'was-folder' },
  {
    kind: 'restore',
    path: 'turning',
    to: { kind: 'symlink', target: 'src/m2.ts' },
    expect: { kind: 'symlink', target: 'src/m1.ts' },
  },
];

const FOURTH: Operation[] = [write('was-folder', 'it was a folder\n'), { kind: 'remove', path: 'src/m3.ts' }];

const MANY: Operation[] = Array.from({ length: 20 }, (_, n) =>
  write(`src/many${n}.ts`, `export const many${n} = ${n};\n`),
);

/** What the captured command changes: these paths. */
export const COMMANDED = ['src/m3.ts', 'made', 'made/by.txt', 'private.key', 'kept-empty', 'big.bin', 'README.md'];

/** Works as a formatter or a build does: it flushes nothing. */
function command(root: string): void {
  const at = (path: string) => join(root, path);
  appendFileSync(at('src/m3.ts'), 'export const appended = true;\n');
  mkdirSync(at('made'));
  writeFileSync(at('made/by.txt'), noise(9_000, 6));
  rmSync(at('private.key'));
  rmdirSync(at('kept-empty'));
  renameSync(at('big.bin'), at('kept-empty'));
  chmodSync(at('README.md'), 0o600);
}

/** A fault may meet the command itself: then it is the command that failed, and what it did until then is taken back. */
function commandThatMayFail(root: string): void {
  try {
    command(root);
  } catch (cause) {
    throw Object.assign(new Error('the command failed', { cause }), { code: 'command/failed' });
  }
}

/**
 * Carries the scenario out and returns how it was answered. `undo` and `redo` need the run landed or undone before.
 * `alone`: `recover` has been called already; nothing else happens for that ending.
 */
export async function carryOut(workspace: Workspace, ending: Ending): Promise<string> {
  if (ending === 'recover') return 'recovered';
  if (ending === 'undo' || ending === 'redo') return (await workspace[ending]()).kind;
  const transaction = await workspace.begin({ run: RUN, title: 'scenario' });
  const apply = async (operations: Operation[]) => {
    const { kind } = await transaction.writeAll(operations);
    if (kind !== 'written') throw new Error(`the scenario met a ${kind}`);
  };
  try {
    if (ending === 'many') {
      await apply([...MANY, write('src/m0.ts', 'one of many\n')]);
      return (await transaction.commit()).kind;
    }
    await apply(existsSync(join(workspace.root, 'pair')) ? [...FIRST, ...PAIRS] : FIRST);
    if (ending === 'capture') {
      const { kind } = await transaction.capture(async () => commandThatMayFail(workspace.root), {});
      if (kind !== 'captured') throw new Error(`the command met a ${kind}`);
      return (await transaction.commit()).kind;
    }
    const savepoint = await transaction.savepoint('after the first');
    await apply(DETOUR);
    await transaction.rollbackTo(savepoint);
    await apply(SECOND);
    await apply(THIRD);
    await apply(FOURTH);
    return (await transaction[ending]()).kind;
  } catch (error) {
    // What a caller does with a transaction that failed; if this fails as well, recovery is next.
    await transaction.rollback().catch(() => undefined);
    throw error;
  }
}
