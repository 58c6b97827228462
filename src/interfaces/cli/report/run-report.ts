import type { RunReport } from '../../../run/index.ts';
import { formatDuration } from '../duration.ts';
import { printable } from '../view/printable.ts';
import { changedLines, changedTitle } from './changed-lines.ts';
import { checkLines } from './check-lines.ts';
import { cycleLines, deadLines, dependencyLines, leftLines, skippedLines } from './finding-lines.ts';
import { headline } from './headline.ts';
import { landingLines } from './landing-lines.ts';
import { count, type ReportStyle, section } from './section.ts';

/** The report of a run for a person: bounded, and each list that was cut says how to see the rest. */
export function renderReport(report: RunReport, style: ReportStyle): string[] {
  const { run, findings, changes, rejected } = report;
  const part = (title: string, lines: readonly string[]) => section(title, lines, style, run);
  const taken = rejected.flatMap((each) => changedLines([each], findings).map((line) => `${line} (${each.reason})`));
  return [
    ...headline(report, style),
    ...part(
      changedTitle(report.outcome === 'dry-run' ? 'Would change' : 'Changed', changes),
      changedLines(changes, findings),
    ),
    ...part(changedTitle('Taken back', rejected), taken),
    ...part(
      'Conflicts: no edit was overwritten',
      report.conflicts.map(({ path, detail }) => `${path}  ${detail}`),
    ),
    ...part(
      landed(report) && report.landing === undefined
        ? 'Merged with edits made meanwhile: no check has seen both'
        : 'Edits made meanwhile: kept',
      (report.merged ?? []).map(({ path, by }) => `${path}  ${by}`),
    ),
    ...findingSections(report, style, part),
    ...checkLines(report, style, style.symbols.arrow),
    ...landingLines(report, style, part),
    ...closing(report, style),
  ];
}

function findingSections(
  { findings, changes }: RunReport,
  { symbols }: ReportStyle,
  part: (title: string, lines: readonly string[]) => string[],
): string[] {
  if (findings === undefined) return [];
  const left = leftLines(findings);
  const dependencies = dependencyLines(findings);
  const manifests = new Set(findings.dependencies.filter(({ action }) => action !== 'report').map(({ path }) => path));
  const written = changes.some(({ path }) => manifests.has(path));
  const hint = manifests.size > 0 && !written ? '; --apply-deps writes what is safe' : '';
  const cycles = cycleLines(findings, symbols.arrow);
  const dead = `${count(findings.deadFiles.length, 'file')}, ${count(findings.deadExports.length, 'export')}`;
  const unsafe = left.length > 0 ? '; --unsafe removes those whose target is unknown' : '';
  return [
    ...part(`Left as they are: ${count(left.length, 'unused import')}${unsafe}`, left),
    ...part(`Dependencies: ${dependencies.length} to look at${hint}`, dependencies),
    ...part(`Import cycles: ${cycles.length}`, cycles),
    ...part(`Not reached from any entry point: ${dead} (reported only)`, deadLines(findings)),
    ...part(`Skipped: ${count(findings.skipped.length, 'file')}`, skippedLines(findings)),
    ...part(
      'Notes',
      findings.notes.map(({ message }) => message),
    ),
  ];
}

function closing(report: RunReport, { paint }: ReportStyle): string[] {
  const totals = report.findings?.totals;
  // A run that was refused before it began has cost nothing, time included.
  if (totals === undefined && report.changes.length === 0) return [];
  const analysed = totals === undefined ? undefined : totals.javascriptFiles + totals.pythonFiles;
  const facts = [
    analysed === undefined ? '' : `${count(analysed, 'file')} analysed`,
    `took ${formatDuration(report.durationMs)}`,
    costOf(report),
  ].filter((fact) => fact !== '');
  const lines = ['', paint.dim(facts.join(', '))];
  const gone = 'What undo needs was pruned: it can no longer be undone.';
  if (landed(report) && report.pruned) return [...lines, gone];
  if (!landed(report) || !report.undoable) return lines;
  const command = (words: string) => paint.cyan(printable(`pyagent ${words} ${report.run}`));
  if (report.inTree === 'undone') return [...lines, `It was undone. Redo: ${command('redo')}`];
  if (report.inTree === 'partly-undone') lines.push(`It was undone in part. Redo: ${command('redo')}`);
  return [...lines, `Undo: ${command('undo')}`];
}

function landed({ changes, outcome }: RunReport): boolean {
  return changes.length > 0 && outcome !== 'dry-run';
}

function costOf({ cost: { tokens, money } }: RunReport): string {
  return tokens === 0 && money === 0 ? 'no model used, no cost' : `${tokens} tokens, $${money.toFixed(4)}`;
}
