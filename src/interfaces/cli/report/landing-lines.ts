import { nameOfLanded } from '../../../landing/index.ts';
import type { RunReport } from '../../../run/index.ts';
import { printable } from '../view/printable.ts';
import type { ReportStyle } from './section.ts';

/** Where the changes are when they are not in the tree, what is missing there, and how to use it. */
export function landingLines(
  { landing }: RunReport,
  { paint }: ReportStyle,
  part: (title: string, lines: readonly string[]) => string[],
): string[] {
  if (landing === undefined) return [];
  const { as, leftOut, merged, use, discard } = landing;
  return [
    ...part(
      'Not part of it, and taken back',
      leftOut.map(({ path, reason }) => `${path}  ${reason}`),
    ),
    ...part('Put onto the committed version, without your uncommitted edits', merged),
    '',
    paint.bold(printable(`Landed as ${nameOfLanded(as)}; the working tree is as it was`)),
    `  use it:         ${paint.cyan(printable(use))}`,
    `  throw it away:  ${paint.cyan(printable(discard))}`,
  ];
}
