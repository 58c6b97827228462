import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cycleDisagreements, type Disagreement, disagreements } from './disagreement.ts';
import { disagreementReport } from './disagreement-report.ts';
import { execute } from './measure/execute.ts';
import { place } from './place.ts';
import type { Row } from './row.ts';
import { compiledCycles } from './row-quality.ts';
import { fallow } from './tool/fallow.ts';
import type { Finding } from './tool/finding.ts';
import { typescript } from './tool/import-tools.ts';
import { pyagent } from './tool/pyagent.ts';
import { deptry, ruff } from './tool/python-tools.ts';
import type { Tool } from './tool/tool.ts';
import { django, nova } from './trees/python-sources.ts';
import { theia } from './trees/theia.ts';
import type { Tree } from './trees/tree.ts';

/** Compares our answers on the real trees with the judges', writes the page of reasons and counts what has none. */
export async function disagreementRows(): Promise<Row[]> {
  const rows: Row[] = [];
  const all: Disagreement[] = [];
  const compared: string[] = [];
  const add = (tree: Tree, peer: string, found: Disagreement[] | string) => {
    const base = { group: 'disagreements', what: 'disagreements', on: `${tree.origin}, with ${peer}`, peers: '' };
    if (typeof found === 'string') return void rows.push({ ...base, ours: `not compared: ${found.split('\n')[0]}` });
    const unexplained = found.filter(({ reason }) => reason === undefined);
    compared.push(`${tree.name}: PyAgent and ${peer}`);
    all.push(...found);
    const measured = `${unexplained.length} unexplained`;
    const target = { text: 'each explained', measured, met: unexplained.length === 0 };
    rows.push({
      ...base,
      ours: `${found.length}`,
      target,
      details: { unexplained: unexplained.map(({ side, what }) => `${side}: ${what}`) },
    });
  };
  for (const { tree, peers } of await cases()) {
    const own = await ownFindings(tree);
    for (const peer of peers) {
      add(tree, peer.name, await disagreements(tree, own, peer).catch((error: Error) => error.message));
    }
    if (tree.language === 'typescript') {
      add(tree, 'TypeScript 5.9 output', await cycleDisagreements(tree, own, await compiledCycles(tree.root)));
    }
  }
  await writeFile(join(place.repository, 'docs/bench-disagreements.md'), disagreementReport(all, compared));
  return rows;
}

async function cases(): Promise<{ tree: Tree; peers: Tool[] }[]> {
  return [
    { tree: await theia(), peers: [typescript, fallow] },
    { tree: await django(), peers: [ruff, deptry] },
    { tree: await nova(), peers: [ruff, deptry] },
  ];
}

async function ownFindings(tree: Tree): Promise<Finding[]> {
  return pyagent.parse(await execute(pyagent.command(tree.root)), tree.root);
}
