import type { Paint } from '../view/paint.ts';
import { printable } from '../view/printable.ts';
import type { Symbols } from '../view/symbols.ts';

/** How a report is written. */
export interface ReportStyle {
  paint: Paint;
  symbols: Symbols;
  /** The most lines a list may have; `Infinity` for all. */
  limit: number;
}

/** A titled list of lines, cut to the limit with what tells how to see the rest; nothing when there is nothing. */
export function section(title: string, lines: readonly string[], style: ReportStyle, run: string): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, style.limit).map((line) => `  ${printable(line)}`);
  const rest = lines.length - shown.length;
  if (rest > 0) shown.push(style.paint.dim(`  … and ${rest} more (pyagent show ${printable(run)})`));
  return ['', style.paint.bold(printable(title)), ...shown];
}

/** `1 file`, `2 files`. */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}
