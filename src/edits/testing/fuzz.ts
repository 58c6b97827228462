import { applyEdits } from '../apply-edits.ts';
import { readEdits } from '../read-edits.ts';
import type { FuzzCase } from './fuzz-case.ts';
import { formats } from './perturb-formats.ts';
import { indentation } from './perturb-indentation.ts';
import { keepingMeaning, type Perturbation } from './perturb-kept.ts';
import { refused } from './perturb-refused.ts';
import { together, uncertain } from './perturb-uncertain.ts';
import { type Random, random } from './random.ts';
import { realEdit } from './real-edit.ts';
import type { Sources } from './sources.ts';

/** How often what came of the cases of one kind of distortion. */
export interface Tally {
  cases: number;
  /** Cases with exactly one meaning. */
  oneMeaning: number;
  /** Of them, how many were applied. */
  oneMeaningApplied: number;
  /** Of all cases, how many were applied, rightly. */
  applied: number;
  refused: number;
  /** Applied with another result than the one that is meant, or applied although they mean nothing. */
  corrupting: number;
}

/** A case whose answer was wrong, with what to see about it. */
export interface WrongAnswer {
  perturbation: string;
  number: number;
  wrong: 'corrupting' | 'not applied';
  case: FuzzCase;
  /** The wrong bytes, or the message of the refusal. */
  found: Uint8Array | string;
}

export interface FuzzReport {
  tallies: Map<string, Tally>;
  total: Tally;
  wrong: WrongAnswer[];
  /** Microseconds that the applier took for each case, sorted. */
  micros: number[];
}

const perturbations: Readonly<Record<string, Perturbation>> = {
  ...keepingMeaning,
  ...indentation,
  ...refused,
  ...uncertain,
  ...together,
  ...formats,
};

/** An edit applier: the bytes after the edit, why it was refused, or nothing for a format that it does not know. */
export type Applier = (made: FuzzCase) => Promise<Uint8Array | string | undefined>;

/** What {@link fuzz} needs. The same seed on the same files gives the same cases. */
export interface FuzzOptions {
  cases: number;
  seed: number;
  /** Default: our own. */
  applier?: Applier;
}

/** Runs cases, each kind of distortion in turn. */
export async function fuzz(files: Sources, { cases, seed, applier = ownApplier }: FuzzOptions): Promise<FuzzReport> {
  const chance = random(seed);
  const report: FuzzReport = { tallies: new Map(), total: emptyTally(), wrong: [], micros: [] };
  const names = Object.keys(perturbations);
  for (let number = 0; number < cases; number += 1) {
    const name = names[number % names.length] ?? '';
    const made = makeCase(files, perturbations[name] as Perturbation, chance);
    if (made !== undefined) await runCase(report, { perturbation: name, number, case: made }, applier);
  }
  report.micros.sort((left, right) => left - right);
  return report;
}

function makeCase(files: Sources, perturb: Perturbation, chance: Random): FuzzCase | undefined {
  for (let attempt = 0; attempt < 2000; attempt += 1) {
    const edit = realEdit(files.pick(chance), chance);
    const made = edit && perturb(edit, chance);
    if (made !== undefined) return made;
  }
  return undefined;
}

type Numbered = Pick<WrongAnswer, 'perturbation' | 'number' | 'case'>;

async function runCase(report: FuzzReport, numbered: Numbered, applier: Applier): Promise<void> {
  const { perturbation, case: made } = numbered;
  const started = performance.now();
  const found = await applier(made);
  if (found === undefined) return;
  report.micros.push((performance.now() - started) * 1000);
  const tally = report.tallies.get(perturbation) ?? emptyTally();
  report.tallies.set(perturbation, tally);
  const wrong = (kind: WrongAnswer['wrong']) => report.wrong.push({ ...numbered, wrong: kind, found });
  for (const counts of [tally, report.total]) {
    counts.cases += 1;
    if (made.expected === 'apply') counts.oneMeaning += 1;
  }
  if (typeof found === 'string') {
    for (const counts of [tally, report.total]) counts.refused += 1;
    if (made.expected === 'apply') wrong('not applied');
    return;
  }
  const right = made.expected !== 'refuse' && Buffer.from(found).equals(made.after);
  for (const counts of [tally, report.total]) {
    if (right) counts.applied += 1;
    else counts.corrupting += 1;
    if (right && made.expected === 'apply') counts.oneMeaningApplied += 1;
  }
  if (!right) wrong('corrupting');
}

/** PyAgent's own applier. */
export async function ownApplier({ path, before, edits }: FuzzCase): Promise<Uint8Array | string> {
  if (typeof edits !== 'string') return outcome(path, before, edits);
  const reading = await readEdits(edits);
  if (reading.kind === 'malformed') return reading.message;
  const [file] = reading.files;
  return file === undefined ? 'no file' : outcome(file.path, before, file.edits);
}

function outcome(path: string, before: Uint8Array, edits: Parameters<typeof applyEdits>[1]): Uint8Array | string {
  const applied = applyEdits({ path, bytes: before }, edits);
  if (applied.kind === 'applied') return applied.bytes ?? new Uint8Array();
  return applied.refusals.map(({ message }) => message).join('\n');
}

function emptyTally(): Tally {
  return { cases: 0, oneMeaning: 0, oneMeaningApplied: 0, applied: 0, refused: 0, corrupting: 0 };
}
