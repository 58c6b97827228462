import { cellWidth, pad } from '../view/cell-width.ts';
import { printable } from '../view/printable.ts';
import type { ReportStyle } from './section.ts';

/** Names and descriptions in two columns. */
export function catalogueLines(
  entries: readonly { name: string; description: string }[],
  { paint }: ReportStyle,
): string[] {
  const width = Math.max(0, ...entries.map(({ name }) => cellWidth(printable(name))));
  return entries.map(
    ({ name, description }) => `${paint.bold(pad(printable(name), width))}  ${printable(description)}`,
  );
}
