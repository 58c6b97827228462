import type { Component, CycleEdge, DependencyFinding } from '../../../code/index.ts';
import type { Findings } from '../../../run/index.ts';
import { count } from './section.ts';

/** Unused imports that were left, and why. */
export function leftLines(findings: Findings): string[] {
  return findings.imports
    .filter(({ action }) => action === 'leave')
    .map(({ path, line, name, specifier, reason }) => `${path}:${line}  ${name} from "${specifier}": ${reason}`);
}

const DEPENDENCY_WORDS: Record<DependencyFinding['kind'], string> = {
  unused: 'unused',
  'only-unused-imports': 'used only by unused imports',
  unlisted: 'used but not declared',
  misplaced: 'in the wrong section',
  duplicate: 'declared twice',
  unknown: 'unknown',
};

/** One line per dependency that something should be said about. */
export function dependencyLines(findings: Findings): string[] {
  return findings.dependencies.map(({ path, line, name, kind, section, to, reason }) => {
    const where = section === undefined ? '' : ` (${section}${to === undefined ? '' : `, belongs to ${to}`})`;
    return `${path}:${line}  ${name}${where}: ${DEPENDENCY_WORDS[kind]}; ${reason}`;
  });
}

/** The cycles of the value graph, largest first, then those that only type or deferred imports close. */
export function cycleLines(findings: Findings, arrow: string): string[] {
  const rank = { value: 0, deferred: 1, type: 2 };
  return [...findings.cycles]
    .sort((a, b) => rank[a.kind] - rank[b.kind] || b.members.length - a.members.length)
    .map((component) => cycleLine(component, arrow));
}

const LONGEST_PATH = 6;

function cycleLine(component: Component, arrow: string): string {
  const { kind, members, witness, cut, cutIsMinimum } = component;
  const only = kind === 'value' ? '' : kind === 'type' ? ', through types only' : ', through deferred imports';
  const opens = cut.map(edge).slice(0, 3).join(', ') + (cut.length > 3 ? ` and ${cut.length - 3} more` : '');
  const advice = cut.length === 0 ? '' : `; ${cutIsMinimum ? 'smallest cut' : 'a cut'}: ${opens}`;
  return `${count(members.length, 'module')}${only}: ${walk(witness, arrow)}${advice}`;
}

function walk(witness: readonly CycleEdge[], arrow: string): string {
  const first = witness[0];
  if (first === undefined) return '';
  const stops = [first.from, ...witness.map((step) => step.to)];
  const shown =
    stops.length <= LONGEST_PATH + 1 ? stops : [...stops.slice(0, LONGEST_PATH - 1), '…', stops.at(-1) ?? ''];
  return shown.join(` ${arrow} `);
}

const edge = ({ from, to, line }: CycleEdge) => `${from}:${line} (import of ${to})`;

/** Files that nothing reaches, then exports that nobody imports. */
export function deadLines(findings: Findings): string[] {
  return [
    ...findings.deadFiles.map(({ path }) => `${path}  nothing reaches this file`),
    ...findings.deadExports.map(({ path, line, name }) => `${path}:${line}  export ${name}`),
  ];
}

/** Files that were left alone. */
export function skippedLines(findings: Findings): string[] {
  return findings.skipped.map(({ path, reason, detail }) => `${path}  ${reason}: ${detail}`);
}
