import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { pythonTree } from './generator/python-tree.ts';
import { typescriptTree } from './generator/typescript-tree.ts';
import { load, machine, versions } from './measure/machine.ts';
import { preparePeers } from './measure/prepare.ts';
import type { TrueCycles } from './oracle/typescript-graph.ts';
import { place } from './place.ts';
import { type Recorded, report } from './report.ts';
import type { Row } from './row.ts';
import { diffRows } from './row-diff.ts';
import { disagreementRows } from './row-disagreement.ts';
import { editRows } from './row-edits.ts';
import { installRows } from './row-install.ts';
import { mergeRows } from './row-merge.ts';
import { qualityRows } from './row-quality.ts';
import { redactionRows } from './row-redaction.ts';
import { repairRows } from './row-repair.ts';
import { sandboxRows } from './row-sandbox.ts';
import { speedRows } from './row-speed.ts';
import { exampleRows, startRows } from './row-start.ts';
import { transactionRows } from './row-transactions.ts';
import { workspaceRows } from './row-workspaces.ts';
import { type Amounts, plantTree } from './trees/planted.ts';
import { django, nova } from './trees/python-sources.ts';
import { theia } from './trees/theia.ts';
import { type Tree, treeFolder } from './trees/tree.ts';

const help = `npm run bench -- [--quick] [--smoke] [--only <group>[,<group>]]

Measures PyAgent and its peers on real and generated trees and writes docs/bench.md.
  --quick         two rounds instead of five
  --only <group>  measure these groups alone and keep the other rows as they were; "install" is measured only so
  --report        measure nothing and write the page again from what was measured before
  --smoke         small generated trees, PyAgent alone, no timing: exit code 1 when a finding is missed or wrong
`;

type Group = (rounds: number) => Promise<Row[]>;

async function planted(group: string, tree: Tree, amounts: Amounts, ownOnly = false): Promise<Row[]> {
  const trees = await plantTree(tree, amounts);
  return [...(await qualityRows(group, trees, ownOnly)), ...(await repairRows(group, trees))];
}

const groups: Record<string, Group> = {
  start: startRows,
  example: exampleRows,
  theia: async (rounds) => speedRows('theia', await theia(), rounds),
  generated: async (rounds) => speedRows('generated', await generatedTypescript(2000), rounds),
  django: async (rounds) => speedRows('django', await django(), rounds),
  nova: async (rounds) => speedRows('nova', await nova(), rounds),
  'theia-planted': async () => planted('theia-planted', await theia(), { imports: 300, cycles: 14, dependencies: 10 }),
  'generated-planted': async () =>
    planted('generated-planted', await generatedTypescript(2000), { imports: 400, cycles: 21, dependencies: 15 }),
  'django-planted': async () =>
    planted('django-planted', await django(), { imports: 300, cycles: 14, dependencies: 0 }),
  'nova-planted': async () => planted('nova-planted', await nova(), { imports: 200, cycles: 14, dependencies: 10 }),
  'python-generated-planted': async () =>
    planted('python-generated-planted', await generatedPython(2000), { imports: 400, cycles: 21, dependencies: 15 }),
  disagreements: disagreementRows,
  diff: diffRows,
  edits: editRows,
  transactions: transactionRows,
  merge: mergeRows,
  workspaces: (rounds) => workspaceRows(rounds),
  sandbox: sandboxRows,
  redaction: redactionRows,
  install: installRows,
};

/** Groups that are measured only when somebody names them. */
const onRequest = ['install'];

function generatedTypescript(modules: number): Promise<Tree> {
  return generated('typescript', modules, typescriptTree);
}

function generatedPython(modules: number): Promise<Tree> {
  return generated('python', modules, pythonTree);
}

async function generated(language: Tree['language'], modules: number, make: typeof typescriptTree): Promise<Tree> {
  const name = `generated-${language}-${modules}`;
  const record = join(place.trees, `${name}.truth.json`);
  const root = await treeFolder(name, async (draft) => {
    const { valueCycles, typeCycles } = await make(draft, { seed: 7, modules });
    await writeFile(record, JSON.stringify({ value: valueCycles, type: typeCycles }));
  });
  const truth = JSON.parse(await readFile(record, 'utf8')) as TrueCycles;
  return { name, language, origin: `generated ${language} tree`, root, truth };
}

async function smoke(): Promise<Row[]> {
  const small = { imports: 60, cycles: 7, dependencies: 4 };
  const typescript = await planted('smoke', await generatedTypescript(240), small, true);
  return [...typescript, ...(await planted('smoke', await generatedPython(160), small, true))];
}

function show(row: Row): void {
  const verdict = row.target === undefined ? '' : ` [${row.target.met ? 'met' : 'missed'}: ${row.target.text}]`;
  process.stdout.write(`${row.group} | ${row.what} | ${row.ours}${verdict}\n`);
  if (row.peers !== '') process.stdout.write(`    ${row.peers}\n`);
  for (const [title, lines] of Object.entries(row.details ?? {})) {
    for (const line of lines.slice(0, 12)) process.stdout.write(`    ${title}: ${line}\n`);
    if (lines.length > 12) process.stdout.write(`    ${title}: and ${lines.length - 12} more\n`);
  }
}

async function main(): Promise<void> {
  const options = {
    quick: { type: 'boolean' },
    smoke: { type: 'boolean' },
    report: { type: 'boolean' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ options });
  if (values.help) return void process.stdout.write(help);
  if (values.smoke) {
    const rows = await smoke();
    rows.forEach(show);
    process.exitCode = rows.every(({ target }) => target?.met === true) ? 0 : 1;
    return;
  }
  const wanted = values.only?.split(',') ?? Object.keys(groups).filter((name) => !onRequest.includes(name));
  const unknown = wanted.filter((name) => groups[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`expected --only to name groups of ${Object.keys(groups).join(', ')}, found ${unknown.join(', ')}`);
  const file = join(place.cache, 'results.json');
  const kept = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Recorded,
    () => ({ groups: {} }) as Recorded,
  );
  if (values.report) return writePage(kept);
  await preparePeers();
  const about = { machine: await machine(), versions: await versions(), load: load(), rounds: values.quick ? 2 : 5 };
  for (const name of wanted) {
    const rows = await (groups[name] as Group)(about.rounds);
    rows.forEach(show);
    kept.groups[name] = { ...about, date: new Date().toISOString().slice(0, 10), rows };
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(kept, null, 1));
    await writePage(kept);
  }
}

function writePage(recorded: Recorded): Promise<void> {
  return writeFile(join(place.repository, 'docs/bench.md'), report(Object.keys(groups), recorded));
}

await main();
