/** How well something finds what is private, on the labelled corpora. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A stretch of a text, in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
  /** `email`, `card`, `iban`, `ssn`, `ip`, `phone`, or something else. */
  kind: string;
}

/** Finds what is private in a text. */
export type Finder = (text: string) => Span[] | Promise<Span[]>;

/** Counts of one kind. */
export interface Score {
  labelled: number;
  /** Labelled spans of which at least 90 % is covered. */
  found: number;
  /** Findings of this kind. */
  reported: number;
  /** Findings of this kind of which at least half lies in labels of any kind that is private. */
  right: number;
}

const KINDS: Record<string, string> = {
  EMAIL_ADDRESS: 'email',
  CREDIT_CARD: 'card',
  IBAN_CODE: 'iban',
  US_SSN: 'ssn',
  IP_ADDRESS: 'ip',
  PHONE_NUMBER: 'phone',
};

/** Which half of a corpus: rules are made on the development half only. */
export type Half = 'development' | 'held-out';

interface Record_ {
  full_text: string;
  spans: { entity_type: string; start_position: number; end_position: number }[];
}

/** Scores on texts with labelled personal data (presidio-research): records with an even index are for development. */
export async function scorePersonal(
  corpora: string,
  half: Half,
  find: Finder,
  tell: (line: string) => void = () => {},
): Promise<Record<string, Score>> {
  const records = JSON.parse(readFileSync(join(corpora, 'synth_dataset_v2.json'), 'utf8')) as Record_[];
  const scores: Record<string, Score> = {};
  const score = (kind: string) => {
    scores[kind] ??= { labelled: 0, found: 0, reported: 0, right: 0 };
    return scores[kind];
  };
  for (const [index, { full_text: text, spans }] of records.entries()) {
    if ((index % 2 === 0) !== (half === 'development')) continue;
    const found = await find(text);
    for (const { entity_type: type, start_position: start, end_position: end } of spans) {
      const kind = KINDS[type];
      if (kind === undefined) continue;
      score(kind).labelled += 1;
      if (covered(start, end, found) >= 0.9) score(kind).found += 1;
      else tell(`missed ${kind}: ${JSON.stringify(text.slice(Math.max(0, start - 30), end + 10))}`);
    }
    const labels = spans.map((span) => ({
      start: span.start_position,
      end: span.end_position,
      type: span.entity_type,
    }));
    for (const { start, end, kind } of found) {
      score(kind).reported += 1;
      const same = labels.filter(({ type }) => KINDS[type] !== undefined);
      if (covered(start, end, same) >= 0.5) score(kind).right += 1;
      else tell(`surplus ${kind}: ${JSON.stringify(text.slice(Math.max(0, start - 20), end + 10))}`);
    }
  }
  return scores;
}

function covered(start: number, end: number, spans: readonly { start: number; end: number }[]): number {
  const length = spans.reduce(
    (sum, span) => sum + Math.max(0, Math.min(end, span.end) - Math.max(start, span.start)),
    0,
  );
  return length / Math.max(1, end - start);
}

/** Lines with secrets in a repository of configuration files (leaky-repo). */
export interface SecretScore {
  labelled: number;
  found: number;
  surplus: number;
}

/** Labels: `path,risk,informative`; each says how many lines, not which. A finding counts by the line it begins in. */
export async function scoreSecrets(
  corpora: string,
  half: Half,
  findLines: (text: string, path: string) => Promise<number[]> | number[],
  tell: (line: string) => void = () => {},
): Promise<SecretScore> {
  const root = join(corpora, 'leaky-repo');
  const labels = readFileSync(join(root, '.leaky-meta/secrets.csv'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(','))
    .map(([path = '', risk, informative]) => ({ path, risk: Number(risk), informative: Number(informative) }))
    .filter(({ path }) => isFile(join(root, path)))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  const middle = Math.floor(labels.length / 2);
  const chosen = half === 'development' ? labels.slice(0, middle) : labels.slice(middle);
  const result = { labelled: 0, found: 0, surplus: 0 };
  for (const { path, risk, informative } of chosen) {
    const text = readFileSync(join(root, path), 'latin1');
    const lines = new Set(await findLines(text, path));
    result.labelled += risk;
    result.found += Math.min(lines.size, risk);
    result.surplus += Math.max(0, lines.size - risk - informative);
    if (lines.size !== risk)
      tell(`${path}: ${lines.size} lines, labelled ${risk} + ${informative}: ${[...lines].join(' ')}`);
  }
  return result;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether the corpora are there: `synth_dataset_v2.json` and the folder `leaky-repo`. */
export function hasCorpora(folder: string | undefined): folder is string {
  if (folder === undefined) return false;
  const names = new Set(readdirSync(folder));
  return names.has('synth_dataset_v2.json') && names.has('leaky-repo');
}
