import type { DependencyPlant, ImportPlant, Plant } from './plant/plant.ts';
import type { Finding, FindingClass } from './tool/finding.ts';

/** How one tool did in one class of defects on one planted tree. */
export interface Score {
  class: FindingClass;
  /** Defects there were to find. */
  planted: number;
  found: number;
  /** Findings that the unplanted tree did not have and that no plant explains. */
  wrong: number;
  /** Names of the missed plants and of the wrong findings, for the person who wonders. */
  missed: string[];
  unexplained: string[];
}

/** Unused imports and dependencies: what the tool says of the planted tree beyond what it said of the tree before. */
export function scoreNamed(kind: 'import' | 'dependency', plants: Plant[], before: Finding[], after: Finding[]): Score {
  const known = new Set(before.flatMap(keys));
  const fresh = after.filter((finding) => finding.class === kind && !keys(finding).some((key) => known.has(key)));
  const wanted = plants.filter((plant): plant is ImportPlant | DependencyPlant => plant.class === kind);
  const reported = new Set(fresh.flatMap(keys));
  const planted = new Set(wanted.map(plantKey));
  const missed = wanted.filter(
    (plant) => !reported.has(plantKey(plant)) && !reported.has(plantKey({ ...plant, file: '' })),
  );
  const unexplained = fresh.filter((finding) => !keys(finding).some((key) => planted.has(key)));
  return {
    class: kind,
    planted: wanted.length,
    found: wanted.length - missed.length,
    wrong: unexplained.length,
    missed: missed.map((plant) => `${plant.class === 'import' ? plant.form : plant.kind} ${plant.file} ${plant.name}`),
    unexplained: unexplained.map((finding) => JSON.stringify(finding)),
  };
}

/**
 * Cycles: against the true components. A tool finds one when it reports a cycle inside it, or, when the tool claims
 * whole components, exactly its members. A report that lies in no true component is wrong.
 */
export function scoreCycles(truth: string[][], allowed: string[][], after: Finding[], whole: boolean): Score {
  const reported = after.flatMap((finding) => (finding.class === 'cycle' ? [finding.files] : []));
  const exact = new Set(reported.map((files) => files.join('\n')));
  const inside = (files: string[], component: Set<string>) => files.every((file) => component.has(file));
  const found = truth.filter((members) => {
    if (whole) return exact.has(members.join('\n'));
    const component = new Set(members);
    return reported.some((files) => inside(files, component));
  });
  const all = [...truth, ...allowed].map((members) => new Set(members));
  const known = new Set([...truth, ...allowed].map((members) => members.join('\n')));
  const wrong = reported.filter((files) =>
    whole ? !known.has(files.join('\n')) : !all.some((component) => inside(files, component)),
  );
  return {
    class: 'cycle',
    planted: truth.length,
    found: found.length,
    wrong: wrong.length,
    missed: truth.filter((members) => !found.includes(members)).map((members) => members.join(' ')),
    unexplained: wrong.map((files) => files.join(' ')),
  };
}

/** Share of the defects that were found; 1 where there were none. */
export function recall({ planted, found }: Score): number {
  return planted === 0 ? 1 : found / planted;
}

/** Share of the reports that were right; 1 where there were none. */
export function precision({ found, wrong }: Score): number {
  return found + wrong === 0 ? 1 : found / (found + wrong);
}

function keys(finding: Finding): string[] {
  switch (finding.class) {
    case 'import':
      return finding.names.map((name) => `${finding.file}\n${name}`);
    case 'dependency':
      return [`${manifest(finding.file)}\n${distribution(finding.name)}`];
    case 'cycle':
      return [finding.files.join('\n')];
  }
}

function plantKey(plant: ImportPlant | DependencyPlant): string {
  return plant.class === 'dependency'
    ? `${manifest(plant.file)}\n${distribution(plant.name)}`
    : `${plant.file}\n${plant.name}`;
}

/** A Python project declares in several files what belongs together, and tools name one or another of them, or none. */
function manifest(file: string): string {
  return file.endsWith('package.json') ? file : '';
}

/** `Typing_Extensions` and `typing-extensions` are one distribution; npm names have no underscores planted in them. */
function distribution(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
