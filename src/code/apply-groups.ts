import type { ChangeGroup } from './report.ts';

/** The bytes of a file after `groups` were applied to `original`. Groups of one file do not overlap. */
export function applyGroups(original: Uint8Array, groups: readonly ChangeGroup[]): Uint8Array {
  const edits = groups.flatMap((group) => group.edits).sort((a, b) => a.start - b.start || a.end - b.end);
  const parts: Uint8Array[] = [];
  let position = 0;
  for (const edit of edits) {
    parts.push(original.subarray(position, edit.start), new TextEncoder().encode(edit.text));
    position = edit.end;
  }
  parts.push(original.subarray(position));
  return concatenate(parts);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
