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
  const { as, leftOut, merged, uncommitted, use, discard } = landing;
  return [
    ...part(
      'Not part of it, and taken back',
      leftOut.map(({ path, reason }) => `${path}  ${reason}`),
    ),
    ...part('Put onto the committed version, which no check has seen, without your uncommitted edits', merged),
    ...part('Not part of it, and in the tree while it was checked: your uncommitted edits', uncommitted),
    '',
    paint.bold(printable(`Landed as ${nameOfLanded(as)}; the working tree is as it was`)),
    `  use it:         ${paint.cyan(printable(use))}`,
    `  throw it away:  ${paint.cyan(printable(discard))}`,
  ];
}
