import type { RunReport } from '../../../run/index.ts';
import { printable } from '../view/printable.ts';
import { count, type ReportStyle } from './section.ts';

/** The first lines of a report: what happened in one sentence, then the run's own words where there is more to say. */
export function headline(report: RunReport, { paint, symbols }: ReportStyle): string[] {
  const { sentence, tone } = verdict(report);
  const sign = { green: symbols.done, yellow: symbols.warning, red: symbols.failed }[tone];
  const lines = [`${paint[tone](sign)} ${paint.bold(printable(sentence))}`];
  if (tone === 'green') return lines;
  return [...lines, ...report.message.split('\n').map((line) => `  ${printable(line)}`)];
}

interface Verdict {
  sentence: string;
  tone: 'green' | 'yellow' | 'red';
}

function verdict(report: RunReport): Verdict {
  const files = count(report.changes.length, 'file');
  const red = (sentence: string): Verdict => ({ sentence, tone: 'red' });
  switch (report.outcome) {
    case 'done':
      if (report.unverified !== undefined) return unverified(files);
      return { sentence: `Done: ${files} changed, verified${by(report)}.`, tone: 'green' };
    case 'unverified':
      return unverified(files);
    case 'nothing-to-do':
      return { sentence: nothing(report), tone: 'green' };
    case 'dry-run':
      return { sentence: `Dry run: ${files} would change; nothing was written.`, tone: 'green' };
    case 'partly':
      return { sentence: `Done in part: ${files} changed, ${takenBack(report)} taken back.`, tone: 'yellow' };
    case 'failed':
      return red('Failed and rolled back.');
    case 'needs-model':
      return red('This task needs a model, and none is configured.');
    case 'refused':
      return red('Refused by policy.');
    case 'conflict':
      return red("Conflict with somebody else's edit.");
    case 'timed-out':
      return red('Timed out and rolled back.');
    case 'busy':
      return red('Busy: another run is at work in this repository.');
    case 'interrupted':
      return red('Interrupted and rolled back.');
  }
}

const unverified = (files: string): Verdict => ({
  sentence: `Done, unverified: ${files} changed, and nothing has checked them.`,
  tone: 'yellow',
});

function takenBack({ rejected }: RunReport): string {
  return count(
    rejected.reduce((sum, { titles }) => sum + Math.max(1, titles.length), 0),
    'change',
  );
}

function by({ checks }: RunReport): string {
  const names = checks.filter((check) => check.after !== undefined).map((check) => check.name);
  return names.length === 0 ? '' : ` by ${names.join(', ')}`;
}

function nothing({ findings, root }: RunReport): string {
  if (findings === undefined) return 'Nothing to do.';
  const files = findings.totals.javascriptFiles + findings.totals.pythonFiles;
  if (files > 0) return `Nothing to change: ${count(files, 'file')} analysed.`;
  return `Nothing to analyse: no JavaScript, TypeScript or Python files in ${root}.`;
}
