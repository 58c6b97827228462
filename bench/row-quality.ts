import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { execute } from './measure/execute.ts';
import type { TrueCycles } from './oracle/typescript-graph.ts';
import type { CyclePlant } from './plant/plant.ts';
import { type Row, share } from './row.ts';
import { precision, recall, type Score, scoreCycles, scoreNamed } from './score.ts';
import { dependencyCruiser, madge, oxlintCycles } from './tool/cycle-tools.ts';
import { fallow } from './tool/fallow.ts';
import type { Finding, FindingClass } from './tool/finding.ts';
import { biome, oxlintUnused, typescript } from './tool/import-tools.ts';
import { knip } from './tool/knip.ts';
import { pyagent } from './tool/pyagent.ts';
import { deptry, ruff } from './tool/python-tools.ts';
import type { Tool } from './tool/tool.ts';
import type { PlantedTree } from './trees/planted.ts';

const allTools = {
  typescript: [pyagent, typescript, oxlintUnused, biome, fallow, knip, oxlintCycles, madge, dependencyCruiser],
  python: [pyagent, ruff, deptry],
};

const limits: Record<FindingClass, number> = { import: 1, cycle: 1, dependency: 0.98 };

const titles: Record<FindingClass, string> = { import: 'unused imports', cycle: 'cycles', dependency: 'dependencies' };

/** One tool's score, or why it has none. */
export interface ToolScore {
  tool: string;
  score: Score | { failure: string };
}

/** Precision and recall of everyone on a planted tree, class by class. */
export async function qualityRows(group: string, tree: PlantedTree, ownOnly = false): Promise<Row[]> {
  const answers = new Map<Tool, { before: Finding[]; after: Finding[] } | string>();
  for (const tool of ownOnly ? [pyagent] : allTools[tree.base.language]) {
    answers.set(tool, await bothAnswers(tool, tree).catch((error: Error) => error.message));
  }
  const rows: Row[] = [];
  for (const kind of ['import', 'cycle', 'dependency'] as const) {
    if (kind !== 'cycle' && !tree.plants.some((plant) => plant.class === kind)) continue;
    const truth = kind === 'cycle' ? await trueCycles(tree) : undefined;
    const parts = truth === undefined ? [undefined] : (['value', 'type'] as const);
    for (const part of parts) {
      const scores: ToolScore[] = [];
      for (const [tool, answer] of answers) {
        if (!tool.classes.includes(kind)) continue;
        scores.push({
          tool: tool.name,
          score: typeof answer === 'string' ? { failure: answer } : score(kind, part, truth, tool, tree, answer),
        });
      }
      rows.push(
        row(
          group,
          tree,
          `${titles[kind]}${part === undefined ? '' : part === 'value' ? ' at run time' : ' through types'}`,
          kind,
          scores,
        ),
      );
    }
  }
  return rows;
}

async function bothAnswers(tool: Tool, tree: PlantedTree): Promise<{ before: Finding[]; after: Finding[] }> {
  const answer = async (root: string) => {
    await tool.forget?.(root);
    return tool.parse(await execute(tool.command(root)), root);
  };
  return { before: await answer(tree.base.root), after: await answer(tree.planted.root) };
}

function score(
  kind: FindingClass,
  part: 'value' | 'type' | undefined,
  truth: TrueCycles | undefined,
  tool: Tool,
  tree: PlantedTree,
  { before, after }: { before: Finding[]; after: Finding[] },
): Score {
  if (kind !== 'cycle' || truth === undefined || part === undefined) {
    return scoreNamed(kind === 'cycle' ? 'import' : kind, tree.plants, before, after);
  }
  const other = truth[part === 'value' ? 'type' : 'value'];
  // Where nobody knows the cycles that a tree had before, only what the plants added can be judged.
  const unjudged = tree.base.language === 'python' && tree.base.truth === undefined;
  const allowed = unjudged ? before.flatMap((finding) => (finding.class === 'cycle' ? [finding.files] : [])) : [];
  return scoreCycles(truth[part], [...other, ...allowed], after, tool.wholeComponents === true);
}

/** TypeScript's own graph of the planted tree; for Python what the generator and the planter put there. */
async function trueCycles(tree: PlantedTree): Promise<TrueCycles> {
  const cache = `${tree.planted.root}.cycles.json`;
  if (existsSync(cache)) return JSON.parse(await readFile(cache, 'utf8')) as TrueCycles;
  const cycles = tree.base.language === 'python' ? pythonCycles(tree) : await compiledCycles(tree.planted.root);
  await writeFile(cache, JSON.stringify(cycles));
  return cycles;
}

function pythonCycles(tree: PlantedTree): TrueCycles {
  const rings = (kind: CyclePlant['kind']) =>
    tree.plants.flatMap((plant) => (plant.class === 'cycle' && plant.kind === kind ? [plant.files] : []));
  const { value = [], type = [] } = tree.base.truth ?? {};
  return { value: [...value, ...rings('value')], type: [...type, ...rings('type')] };
}

/** The components of a TypeScript tree, read off the compiler's output in a process of its own. */
export async function compiledCycles(root: string): Promise<TrueCycles> {
  const script = new URL('./oracle/print-cycles.ts', import.meta.url).pathname;
  const run = await execute({ argv: [process.execPath, '--max-old-space-size=8192', script, root], cwd: root });
  if (run.status !== 0)
    throw new Error(`expected the compiler to read ${root}, found status ${run.status}: ${run.stderr}`);
  return JSON.parse(run.stdout) as TrueCycles;
}

function row(group: string, tree: PlantedTree, title: string, kind: FindingClass, scores: ToolScore[]): Row {
  const own = scores.find(({ tool }) => tool === pyagent.name)?.score ?? { failure: 'not asked' };
  const peers = scores.filter(({ tool }) => tool !== pyagent.name);
  const on = tree.planted.name;
  const base = { group, what: `${title}: recall, precision`, on, ours: cell(own) };
  const text = peers.map(({ tool, score: theirs }) => `${tool} ${cell(theirs)}`).join(' · ');
  if ('failure' in own) return { ...base, peers: text };
  const limit = limits[kind];
  const met = recall(own) >= limit && precision(own) >= limit;
  const wanted = limit === 1 ? 'both 1.0' : `both at least ${limit}`;
  const measured = `${share(recall(own))}, ${share(precision(own))}`;
  return {
    ...base,
    peers: text,
    target: { text: wanted, measured, met },
    details: { missed: own.missed, unexplained: own.unexplained },
  };
}

function cell(score: ToolScore['score']): string {
  if ('failure' in score) return `no answer: ${score.failure.split('\n')[0]?.slice(0, 120)}`;
  return `${share(recall(score))} (${score.found} of ${score.planted}), ${share(precision(score))} (${score.wrong} wrong)`;
}
