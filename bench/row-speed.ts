import { rounds, type Timing } from './measure/rounds.ts';
import { type Row, seconds, type Target } from './row.ts';
import { dependencyCruiser, madge, oxlintCycles } from './tool/cycle-tools.ts';
import { fallow } from './tool/fallow.ts';
import { biome, oxlintUnused } from './tool/import-tools.ts';
import { knip } from './tool/knip.ts';
import { pyagent } from './tool/pyagent.ts';
import { deptry, ruff } from './tool/python-tools.ts';
import type { Tool } from './tool/tool.ts';
import { sources } from './trees/planted.ts';
import type { Tree } from './trees/tree.ts';

const typescriptTools = [pyagent, oxlintUnused, oxlintCycles, fallow, knip, biome, madge, dependencyCruiser];
const pythonTools = [pyagent, ruff, deptry];

/** Whole analysis of one tree: everyone in turns, cold and warm, and the memory it took. */
export async function speedRows(group: string, tree: Tree, count: number): Promise<Row[]> {
  const tools = tree.language === 'typescript' ? typescriptTools : pythonTools;
  const contestants = tools.map((tool) => contestant(tool, tree.root));
  const timings = await rounds(contestants, count);
  const own = timings.find(({ name }) => name === pyagent.name) as Timing;
  const peers = timings.filter((timing) => timing !== own);
  const extensions = tree.language === 'typescript' ? /\.tsx?$/ : /\.py$/;
  const on = `${tree.origin}; ${(await sources(tree.root, extensions)).length} files`;
  const peer = (tool: Tool) => peers.find(({ name }) => name === tool.name);
  const rows: Row[] = [];
  const coldTargets =
    tree.language === 'typescript'
      ? [ratio(own, peer(oxlintUnused), 1.5), ratio(own, peer(oxlintCycles), 1.5), ratio(own, peer(fallow), 1)]
      : [];
  const [first, ...others] = coldTargets.filter((target) => target !== undefined);
  for (const [index, target] of [first, ...others].entries()) {
    const more = {
      group,
      on,
      ours: index === 0 ? cell(own, 'cold') : 'as above',
      peers: index === 0 ? list(peers, 'cold') : 'as above',
    };
    rows.push({ what: 'whole analysis, cold', ...more, ...(target === undefined ? {} : { target }) });
  }
  const warm = { group, what: 'whole analysis, warm', on, ours: cell(own, 'warm'), peers: list(peers, 'warm') };
  const warmTarget = ratio(own, peer(fallow), 1, 'warm');
  rows.push({ ...warm, ...(warmTarget === undefined ? {} : { target: warmTarget }) });
  const memory = list(peers, 'peak');
  const target = memoryTarget(own, 400);
  rows.push({ group, what: 'peak memory', on, ours: cell(own, 'peak'), peers: memory, ...(target && { target }) });
  return rows;
}

function contestant(tool: Tool, root: string) {
  return {
    name: tool.name,
    command: tool.command(root),
    check: (run: Parameters<Tool['parse']>[0]) => tool.parse(run, root),
    ...(tool.forget === undefined ? {} : { forget: () => tool.forget?.(root) ?? Promise.resolve() }),
  };
}

type Column = 'cold' | 'warm' | 'peak';

function cell(timing: Timing, column: Column): string {
  if (timing.failure !== undefined) return `no answer: ${timing.failure.split('\n')[0]?.slice(0, 120)}`;
  if (column === 'peak') return `${Math.round(timing.peak)} MiB`;
  const value = timing[column];
  return value === undefined ? 'keeps no cache' : seconds(value.median);
}

function list(peers: Timing[], column: Column): string {
  const shown = peers.filter((peer) => column !== 'warm' || peer.warm !== undefined || peer.failure !== undefined);
  return shown.map((peer) => `${peer.name} ${cell(peer, column)}`).join(' · ');
}

function ratio(
  own: Timing,
  peer: Timing | undefined,
  limit: number,
  column: 'cold' | 'warm' = 'cold',
): Target | undefined {
  const [mine, theirs] = [own[column]?.median, peer?.[column]?.median];
  if (mine === undefined || theirs === undefined || Number.isNaN(mine) || Number.isNaN(theirs)) return undefined;
  const text = limit === 1 ? `faster than ${peer?.name}` : `at most ${limit} times ${peer?.name}`;
  return {
    text,
    measured: `${(mine / theirs).toFixed(2)} times`,
    met: limit === 1 ? mine < theirs : mine <= limit * theirs,
  };
}

function memoryTarget(own: Timing, limit: number): Target | undefined {
  if (own.failure !== undefined) return undefined;
  return {
    text: `below ${limit} MB`,
    measured: `${Math.round(own.peak * 1.048576)} MB`,
    met: own.peak * 1.048576 < limit,
  };
}
