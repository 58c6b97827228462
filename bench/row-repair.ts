import { execute } from './measure/execute.ts';
import type { Row } from './row.ts';
import { leftImports, pyagent, pyagentCommand } from './tool/pyagent.ts';
import type { PlantedTree } from './trees/planted.ts';
import { differences, snapshot } from './trees/snapshot.ts';
import { copyTree } from './trees/tree.ts';

const flags = ['--yes', '--verify', 'none', '--apply-deps'];

/**
 * The main job carried out on a planted copy and, beside it, on the same tree without the removable plants. Both must
 * end as the same bytes: then it took out the plants and nothing else. A plant that the run says it leaves, with its
 * reason, has to stay byte for byte. A second run must find nothing to do.
 */
export async function repairRows(group: string, tree: PlantedTree): Promise<Row[]> {
  const on = tree.planted.name;
  const base = { group, on, peers: '' };
  try {
    await pyagent.forget?.('');
    const clean = await repaired(tree.lasting.root, `${group}-clean-fixed`);
    const planted = await repaired(tree.planted.root, `${group}-planted-fixed`);
    const left = leftImports(planted.stream);
    const leftFiles = new Set(left.map(({ file }) => file));
    const stayed = (file: string) => leftFiles.has(file) && planted.before.get(file) === planted.after.get(file);
    const beyond = differences(clean.after, planted.after).filter((file) => !stayed(file));
    const untouched = differences(clean.before, clean.after);
    await run(planted.root);
    const again = differences(planted.after, await snapshot(planted.root));
    return [
      {
        ...base,
        what: 'repair: files that differ beyond the plants',
        ours: `${beyond.length} of ${planted.after.size}; ${left.length} imports left with a stated reason`,
        target: { text: 'none', measured: `${beyond.length}`, met: beyond.length === 0 },
        details: {
          differ: beyond,
          left: left.map(({ file, name, reason }) => `${file} ${name}: ${reason}`),
          'changed without a plant': untouched,
        },
      },
      {
        ...base,
        what: 'repair: files that a second run changes',
        ours: `${again.length}`,
        target: { text: 'none', measured: `${again.length}`, met: again.length === 0 },
        details: { changed: again },
      },
    ];
  } catch (error) {
    return [{ ...base, what: 'repair', ours: `no answer: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

async function repaired(from: string, name: string) {
  const root = await copyTree(from, name);
  const before = await snapshot(root);
  const stream = await run(root);
  return { root, before, stream, after: await snapshot(root) };
}

async function run(root: string): Promise<string> {
  const done = await execute(pyagentCommand(root, flags));
  if (done.status !== 0)
    throw new Error(`expected the run on ${root} to end with 0, found ${done.status}: ${done.stderr.slice(0, 300)}`);
  return done.stdout;
}
