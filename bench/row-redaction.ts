import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redactor } from '../src/redaction/index.ts';
import { type Execution, execute } from './measure/execute.ts';
import { samples } from './measure/statistics.ts';
import { place } from './place.ts';
import { engineProgram, growth } from './redaction/linearity.ts';
import { mix } from './redaction/mix.ts';
import {
  prepareRedactionPeers,
  type RedactionTool,
  redactionTool,
  TOOLS,
  type ToolName,
} from './redaction/redaction-tools.ts';
import { hasCorpora, type Score, scorePersonal, scoreSecrets } from './redaction/score.ts';
import { type Row, share } from './row.ts';

const GROUP = 'redaction';
const MIX = 'sources, logs and JSON, something private every 700 bytes';
/** Kinds that a check digit or a grammar decides. */
const VALIDATED = ['email', 'card', 'iban', 'ssn', 'ip'];

/**
 * Redaction beside its peers. The labelled corpora lie in the folder `PYAGENT_REDACTION_CORPORA`
 * (`synth_dataset_v2.json`, `leaky-repo`), gitleaks' released configuration is the file `PYAGENT_GITLEAKS_CONFIG`.
 */
export async function redactionRows(rounds: number): Promise<Row[]> {
  await prepareRedactionPeers();
  const corpora = process.env.PYAGENT_REDACTION_CORPORA;
  const gitleaks = process.env.PYAGENT_GITLEAKS_CONFIG;
  const present = gitleaks !== undefined && existsSync(gitleaks) ? gitleaks : undefined;
  return [
    await engineRow(rounds),
    ...(await speedRow(rounds, present)),
    ...(await qualityRows(corpora, present)),
    await rulesRow(present),
    await growthRow(),
  ];
}

function notMeasured(what: string, on: string, why: string): Row {
  return { group: GROUP, what, on, ours: `**not measured**: ${why}`, peers: '' };
}

/** The engine without JavaScript: a stream of bytes, as a pipe gives it, three times over. */
async function engineRow(count: number): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-redaction-'));
  try {
    const text = Buffer.from(mix().join('').repeat(8));
    await writeFile(join(folder, 'mix'), text);
    const timed = 'TIMEFORMAT="%U %S"; time "$0" "$1" > /dev/null';
    const argv = ['bash', '-c', timed, await engineProgram(), join(folder, 'mix')];
    const speeds: number[] = [];
    for (let round = 0; round < count; round += 1) {
      const [user, system] = must(await execute({ argv, cwd: folder }))
        .stderr.trim()
        .split(' ')
        .map(Number);
      speeds.push((3 * text.length) / 1e6 / ((user ?? Number.NaN) + (system ?? 0)));
    }
    const { median } = samples(speeds);
    const shown = `${Math.round(median)} MB/s`;
    return {
      group: GROUP,
      what: 'speed of the engine on bytes, per second of processor time',
      on: MIX,
      ours: shown,
      peers: '',
      target: { text: 'at least 200 MB/s', measured: shown, met: median >= 200 },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function speedRow(count: number, gitleaks: string | undefined): Promise<Row[]> {
  const speeds = new Map<ToolName, number[]>();
  const names = new Map<ToolName, string>();
  for (const tool of TOOLS) {
    const made = await redactionTool(tool, gitleaks);
    if (made !== undefined) names.set(tool, made.name);
  }
  const script = join(place.bench, 'redaction/throughput.ts');
  for (let round = 0; round < count; round += 1) {
    for (const tool of names.keys()) {
      const argv = [process.execPath, script, tool, ...(gitleaks === undefined ? [] : [gitleaks])];
      const speed = Number(must(await execute({ argv, cwd: place.repository })).stdout);
      speeds.set(tool, [...(speeds.get(tool) ?? []), speed]);
    }
  }
  const of = (tool: ToolName) => samples(speeds.get(tool) ?? []).median;
  const own = of('pyagent');
  const peers = [...names].filter(([tool]) => tool !== 'pyagent');
  const shown = (speed: number) => `${speed.toFixed(speed < 20 ? 1 : 0)} MB/s`;
  return [
    {
      group: GROUP,
      what: 'speed on strings of JavaScript, per second of processor time',
      on: MIX,
      ours: shown(own),
      peers: peers
        .map(([tool, name]) => `${name} ${shown(of(tool))} (${(own / of(tool)).toFixed(1)} times)`)
        .join(' · '),
    },
  ];
}

function must(run: Execution): Execution {
  if (run.status === 0) return run;
  throw new Error(`expected status 0, found ${run.status}: ${run.stderr.slice(-500)}`);
}

async function qualityRows(corpora: string | undefined, gitleaks: string | undefined): Promise<Row[]> {
  if (!hasCorpora(corpora)) {
    const why = 'PYAGENT_REDACTION_CORPORA names no folder with synth_dataset_v2.json and leaky-repo';
    return [
      notMeasured('personal data found', 'presidio-research', why),
      notMeasured('secrets found', 'leaky-repo', why),
    ];
  }
  const tools: RedactionTool[] = [];
  for (const name of TOOLS) tools.push(...[await redactionTool(name, gitleaks)].filter((tool) => tool !== undefined));
  return [...(await personalRows(corpora, tools)), await secretsRow(corpora, tools)];
}

async function personalRows(corpora: string, tools: readonly RedactionTool[]): Promise<Row[]> {
  const scores = new Map<string, Record<string, Score>>();
  for (const { name, personal } of tools) {
    if (personal !== undefined) scores.set(name, await scorePersonal(corpora, 'development', personal));
  }
  const sum = (name: string, kinds: readonly string[]): Score => {
    const total = { labelled: 0, found: 0, reported: 0, right: 0 };
    for (const kind of kinds) {
      const score = scores.get(name)?.[kind];
      for (const key of ['labelled', 'found', 'reported', 'right'] as const) total[key] += score?.[key] ?? 0;
    }
    return total;
  };
  const recall = ({ found, labelled }: Score) => found / labelled;
  const precision = ({ right, reported }: Score) => right / reported;
  const told = (score: Score) =>
    `recall ${share(recall(score))} (${score.found} of ${score.labelled}), precision ${share(precision(score))}`;
  const row = (what: string, kinds: readonly string[], text: string, met: (score: Score) => boolean): Row => {
    const own = sum('PyAgent', kinds);
    const peers = [...scores.keys()].filter((name) => name !== 'PyAgent');
    return {
      group: GROUP,
      what,
      on: 'presidio-research, records with an even index',
      ours: told(own),
      peers: peers.map((name) => `${name}: ${told(sum(name, kinds))}`).join(' · '),
      target: { text, measured: told(own), met: met(own) },
    };
  };
  return [
    row(
      'mail addresses, cards, IBANs, SSNs, IP addresses found',
      VALIDATED,
      'recall at least 0.98, precision at least 0.95',
      (score) => recall(score) >= 0.98 && precision(score) >= 0.95,
    ),
    row('phone numbers found', ['phone'], 'recall at least 0.85', (score) => recall(score) >= 0.85),
  ];
}

async function secretsRow(corpora: string, tools: readonly RedactionTool[]): Promise<Row> {
  const told: string[] = [];
  let met = false;
  for (const { name, secrets } of tools) {
    if (secrets === undefined) continue;
    const score = await scoreSecrets(corpora, 'development', async (text) =>
      (await secrets(text)).map(({ start }) => text.slice(0, start).split('\n').length),
    );
    if (told.length === 0) met = score.found / score.labelled >= 0.8 && score.surplus <= 10;
    told.push(
      `${told.length === 0 ? '' : `${name}: `}recall ${share(score.found / score.labelled)} (${score.found} of ${score.labelled} lines), ${score.surplus} surplus`,
    );
  }
  const [ours = '', ...peers] = told;
  return {
    group: GROUP,
    what: 'lines with secrets found',
    on: 'leaky-repo, first half of the paths',
    ours,
    peers: peers.join(' · '),
    target: { text: 'recall at least 0.8, at most 10 surplus lines', measured: ours, met },
  };
}

async function rulesRow(gitleaks: string | undefined): Promise<Row> {
  const [what, on] = ['rules of others are read', "gitleaks' released configuration"];
  if (gitleaks === undefined) return notMeasured(what, on, 'PYAGENT_GITLEAKS_CONFIG names no file');
  const rules = await readFile(gitleaks, 'utf8');
  const begun = performance.now();
  redactor({ rules });
  const took = performance.now() - begun;
  const count = rules.match(/^regex = /gm)?.length ?? 0;
  return {
    group: GROUP,
    what,
    on,
    ours: `all ${count} expressions compiled in ${Math.round(took)} ms`,
    peers: '',
  };
}

async function growthRow(): Promise<Row> {
  const [what, on] = ['instructions for four times the text, at worst', 'hostile texts'];
  const measured = await growth();
  if (measured.kind === 'skipped') return notMeasured(what, on, measured.reason);
  const [worst] = measured.ratios;
  const text = worst === undefined ? 'nothing measured' : `${worst.ratio.toFixed(2)} times (${worst.name})`;
  const slowest = measured.ratios.toSorted((one, other) => other.perByte - one.perByte)[0];
  return {
    group: GROUP,
    what,
    on: `${measured.ratios.length} ${on}`,
    ours: `${text}; at most ${Math.round(slowest?.perByte ?? 0)} instructions per byte (${slowest?.name})`,
    peers: '',
    target: { text: 'at most 4.4 times', measured: text, met: (worst?.ratio ?? Number.NaN) <= 4.4 },
    details: {
      growth: measured.ratios.map(
        ({ name, ratio, perByte }) => `${name}: ${ratio.toFixed(2)} times, ${Math.round(perByte)} per byte`,
      ),
    },
  };
}
