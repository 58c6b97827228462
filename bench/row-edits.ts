import { editMatrix } from '../src/edits/testing/edit-matrix.ts';
import { type Applier, type FuzzReport, fuzz, ownApplier } from '../src/edits/testing/fuzz.ts';
import { sources } from '../src/edits/testing/sources.ts';
import { type Row, share } from './row.ts';
import { pi } from './tool/edit-peer.ts';

const CASES = 12_000;
const SEED = 1;

/** The edit applier on distorted edits of real files, where the right answer is known, beside another agent's tool. */
export async function editRows(): Promise<Row[]> {
  const peer = await pi();
  const files = sources();
  const ours = await fuzz(files, { cases: CASES, seed: SEED });
  const theirs = await fuzz(files, { cases: CASES, seed: SEED, applier: peer.apply });
  const on = `${ours.total.cases} distorted edits of ${files.files} real files`;
  const row = { group: 'edits', on };
  const asked = `${peer.name}, of the ${theirs.total.cases} edits that it has a format for:`;
  const applied = (report: FuzzReport) => report.total.oneMeaningApplied / report.total.oneMeaning;
  const byKind = (report: FuzzReport) =>
    [...report.tallies]
      .filter(([, { corrupting }]) => corrupting > 0)
      .map(([kind, { corrupting, cases }]) => `${kind}: ${corrupting} of ${cases}`);
  return [
    await matrixRow(peer),
    {
      ...row,
      what: 'applied with another result than the right one',
      ours: String(ours.total.corrupting),
      peers: `${asked} ${theirs.total.corrupting}`,
      target: { text: '0', measured: String(ours.total.corrupting), met: ours.total.corrupting === 0 },
      details: { 'wrong results of PyAgent': byKind(ours), [`wrong results of ${peer.name}`]: byKind(theirs) },
    },
    {
      ...row,
      what: 'applied, of those with one meaning',
      ours: `${share(applied(ours))} of ${ours.total.oneMeaning}`,
      peers: `${asked} ${share(applied(theirs))} of ${theirs.total.oneMeaning}`,
      target: { text: 'at least 0.95', measured: share(applied(ours)), met: applied(ours) >= 0.95 },
    },
    { ...row, what: 'time per edit, median and 99 of 100', ours: times(ours), peers: `${peer.name} ${times(theirs)}` },
  ];
}

function times({ micros }: FuzzReport): string {
  const at = (part: number) => (micros[Math.floor(part * (micros.length - 1))] ?? 0) / 1000;
  return `${at(0.5).toFixed(2)} ms, ${at(0.99).toFixed(1)} ms`;
}

async function matrixRow(peer: { name: string; apply: Applier }): Promise<Row> {
  const [ours, theirs] = [await matrixScore(ownApplier), await matrixScore(peer.apply)];
  const told = ({ right, corrupting }: Score) => `${right} of ${editMatrix.length} right, ${corrupting} corrupting`;
  return {
    group: 'edits',
    what: 'edit matrix',
    on: `${editMatrix.length} edits as models get them wrong`,
    ours: told(ours),
    peers: `${peer.name} ${told(theirs)}`,
    target: { text: 'all right', measured: told(ours), met: ours.right === editMatrix.length },
    details: { [`wrong with ${peer.name}`]: theirs.wrong },
  };
}

interface Score {
  right: number;
  corrupting: number;
  wrong: string[];
}

async function matrixScore(apply: Applier): Promise<Score> {
  const score: Score = { right: 0, corrupting: 0, wrong: [] };
  for (const { name, path, file, old, new: wanted, right, mayRefuse } of editMatrix) {
    const edits = [{ kind: 'replace' as const, path, old, new: wanted }];
    const found = await apply({
      path,
      before: Buffer.from(file),
      edits,
      expected: 'either',
      after: Buffer.from(right[0] ?? ''),
    });
    const text = found === undefined || typeof found === 'string' ? undefined : Buffer.from(found).toString();
    if (text === undefined ? mayRefuse : right.includes(text)) score.right += 1;
    else score.wrong.push(`${name}: ${text === undefined ? 'refused' : 'applied wrongly'}`);
    if (text !== undefined && !right.includes(text)) score.corrupting += 1;
  }
  return score;
}
