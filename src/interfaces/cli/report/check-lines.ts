import type { CheckReport, RunReport } from '../../../run/index.ts';
import { formatDuration } from '../duration.ts';
import { printable } from '../view/printable.ts';
import type { ReportStyle } from './section.ts';

/** What was measured before and after, and what was not checked. */
export function checkLines(report: RunReport, style: ReportStyle, arrow: string): string[] {
  const lines = report.checks.flatMap((check) => checkLine(check, arrow, style.limit));
  if (report.isolation !== undefined) lines.push(`isolation: ${report.isolation}`);
  if (report.unverified !== undefined) lines.push(`unverified: ${report.unverified}`);
  if (lines.length === 0) return [];
  return ['', style.paint.bold('Checks'), ...lines.map((line) => `  ${printable(line)}`)];
}

function checkLine(check: CheckReport, arrow: string, limit: number): string[] {
  const { name, command, before, after, durationMs } = check;
  const measured =
    before === undefined && after === undefined
      ? 'not run'
      : `before: ${before ?? 'not run'} ${arrow} after: ${after ?? 'not run'}`;
  const time = durationMs > 0 ? `, ${formatDuration(durationMs)}` : '';
  const how = command === name ? '' : ` (${command})`;
  const failures = check.newFailures;
  const more = failures.length - limit;
  return [
    `${name}${how}: ${measured}${time}`,
    ...failures.slice(0, limit).map((failure) => `  new failure: ${failure}`),
    ...(more > 0 ? [`  … and ${more} more new failures`] : []),
    ...check.notes.map((note) => `  ${note}`),
  ];
}
