import type { NearestPlace } from './nearest-place.ts';

/** Why an edit was refused. */
export type RefusalReason =
  /** The text fits more than one place; `lines` names them all. */
  | 'ambiguous'
  /** The text fits nowhere; `nearest` is the place that resembles it most. */
  | 'not-found'
  /** The indentation of the text can be read in more than one way, or in none. */
  | 'indentation'
  /** Old and new text disagree on a final line break, which would join or split lines. */
  | 'line-break'
  /** The match begins or ends inside a word. */
  | 'inside-word'
  /** The change would move blanks inside a string that spans lines. */
  | 'literal'
  /** Which Unicode form the changed part should have cannot be known. */
  | 'unicode'
  /** The result would be the same file. */
  | 'no-op'
  /** It changes what another edit of the same call needs or changes. */
  | 'overlap'
  | 'empty-old-text'
  | 'binary'
  /** The file is not UTF-8 and the new text is not ASCII, so nothing says how to encode it. */
  | 'encoding'
  /** The content is not the one that the edit was made for. */
  | 'hash-mismatch'
  /** The found number of places is not the expected one; `lines` names them. */
  | 'count-mismatch'
  | 'file-missing'
  | 'file-exists'
  | 'malformed'
  /** The caller's own guard said no. */
  | 'rejected';

/** An edit that was not applied. */
export interface Refusal {
  kind: 'refused';
  reason: RefusalReason;
  /** One paragraph for a model or a person: where, what differs, what to send instead. */
  message: string;
  /** 1-based lines that the message speaks of. */
  lines?: readonly number[];
  nearest?: NearestPlace;
}

/** Makes a {@link Refusal}. */
export function refuse(reason: RefusalReason, message: string, more: Pick<Refusal, 'lines' | 'nearest'> = {}): Refusal {
  return { kind: 'refused', reason, message, ...more };
}

/** `line 3`, `lines 3, 9 and 12`; long lists are cut. */
export function namedLines(lines: readonly number[]): string {
  if (lines.length === 1) return `line ${lines[0]}`;
  const shown = lines.slice(0, 12);
  const rest = lines.length - shown.length;
  if (rest > 0) return `lines ${shown.join(', ')} and ${rest} more`;
  return `lines ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
