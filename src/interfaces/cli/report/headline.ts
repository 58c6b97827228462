import type { RunReport } from '../../../run/index.ts';
import { printable } from '../view/printable.ts';
import { count, type ReportStyle } from './section.ts';

/** The first lines of a report: what happened in one sentence; where it went wrong, in the run's own words. */
export function headline(report: RunReport, { paint, symbols }: ReportStyle): string[] {
  const { sentence, tone } = verdict(report);
  const sign = { green: symbols.done, yellow: symbols.warning, red: symbols.failed }[tone];
  const [first = '', ...more] = sentence.split('\n').map(printable);
  return [`${paint[tone](sign)} ${paint.bold(first)}`, ...more.map((line) => `  ${line}`)];
}

interface Verdict {
  sentence: string;
  tone: 'green' | 'yellow' | 'red';
}

function verdict(report: RunReport): Verdict {
  const files = count(report.changes.length, 'file');
  const red = (label: string): Verdict => ({ sentence: `${label}${report.message}`, tone: 'red' });
  switch (report.outcome) {
    case 'done':
      if (report.unverified !== undefined) return unverified(files, placeOf(report));
      return { sentence: `Done: ${files} changed${placeOf(report)}, ${judgedBy(report)}.`, tone: 'green' };
    case 'unverified':
      return unverified(files, placeOf(report));
    case 'nothing-to-do':
      return { sentence: nothing(report), tone: 'green' };
    case 'dry-run':
      if (report.changes.length === 0) return { sentence: nothing(report), tone: 'green' };
      return { sentence: `Dry run: ${files} would change; nothing was written.`, tone: 'green' };
    case 'partly':
      return {
        sentence: `Done in part: ${files} changed${placeOf(report)}, ${takenBack(report)} taken back.`,
        tone: 'yellow',
      };
    case 'failed':
      return red('Failed: ');
    case 'needs-model':
      return red('Needs a model: ');
    case 'refused':
      return red('Refused: ');
    case 'conflict':
      return red('Conflict: ');
    case 'timed-out':
      return red('');
    case 'busy':
      return red('Busy: ');
    case 'interrupted':
      return red('');
  }
}

const unverified = (files: string, place: string): Verdict => ({
  sentence: `Done, unverified: ${files} changed${place}, and nothing has checked them.`,
  tone: 'yellow',
});

const PLACES = {
  patch: 'in a patch',
  commit: 'in a commit',
  branch: 'on a branch',
  'pull-request': 'in a pull request',
};

/** Where the changes are; nothing when they are in the tree. */
function placeOf({ landing }: RunReport): string {
  return landing === undefined ? '' : ` ${PLACES[landing.as.kind]}`;
}

function takenBack({ rejected }: RunReport): string {
  return count(
    rejected.reduce((sum, { titles }) => sum + Math.max(1, titles.length), 0),
    'change',
  );
}

/** A check that is red after as before has shown no new failure; only one that passes has verified anything. */
function judgedBy({ checks }: RunReport): string {
  const names = (outcome: string) =>
    checks.filter(({ after, inconclusive }) => after === outcome && !inconclusive).map(({ name }) => name);
  const [passed, red] = [names('passed'), names('failed')];
  const shown = red.length === 0 ? '' : `no new failure in ${red.join(', ')} (red before too)`;
  if (passed.length === 0) return shown === '' ? 'verified' : shown;
  return `verified by ${passed.join(', ')}${shown === '' ? '' : `; ${shown}`}`;
}

function nothing({ findings, root }: RunReport): string {
  if (findings === undefined) return 'Nothing to do.';
  const files = findings.totals.javascriptFiles + findings.totals.pythonFiles;
  if (files > 0) return `Nothing to change: ${count(files, 'file')} analysed.`;
  return `Nothing to analyse: no JavaScript, TypeScript or Python files in ${root}.`;
}
