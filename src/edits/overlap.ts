import { type FileText, lineAt } from './file-text.ts';
import type { Claim, Match } from './match.ts';
import { type Refusal, refuse } from './refusal.ts';

/** The first edit that changes what an earlier one changes or relies on, or the other way round. */
export function overlapping(
  path: string,
  file: FileText,
  matches: readonly Match[],
): (Refusal & { edit: number }) | undefined {
  for (const [edit, later] of matches.entries()) {
    for (const [other, earlier] of matches.slice(0, edit).entries()) {
      const at = collision(earlier, later) ?? collision(later, earlier);
      if (at === undefined) continue;
      const line = lineAt(file, at) + 1;
      const message = `Edits ${other + 1} and ${edit + 1} of ${path} meet at line ${line}: one changes text that the other changes or relies on. Nothing was changed. Each edit is made for the file as it is now, not as another edit leaves it: join the two into one edit.`;
      return { ...refuse('overlap', message, { lines: [line] }), edit };
    }
  }
  return undefined;
}

/** Where a change of `one` falls into what `other` relies on, or on the same point as one of its changes. */
function collision(one: Match, other: Match): number | undefined {
  for (const splice of one.splices) {
    if (other.claims.some((claim) => within(splice, claim))) return splice.start;
    const twice = other.splices.some(
      ({ start, end }) =>
        within(splice, { start, end }) || (start === end && splice.start === splice.end && start === splice.start),
    );
    if (twice) return splice.start;
  }
  return undefined;
}

/** Whether a change reaches inside a range; an insertion at its edge does not. */
function within(change: Claim, range: Claim): boolean {
  return change.start === change.end
    ? range.start < change.start && change.start < range.end
    : change.start < range.end && range.start < change.end;
}
