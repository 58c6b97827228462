import type { Splice } from './splice.ts';

/** What had to be changed so that an edit fits. None of them changes what the edit means. */
export type Transformation =
  /** The file's own line endings, or its byte order mark, are kept. */
  | 'line-endings'
  | 'trailing-blanks'
  /** NFC and NFD, typographic quotes, dashes and spaces. */
  | 'unicode'
  /** The new text was moved as the old one stands in the file. */
  | 'indentation'
  /** The lines were found at another place than the one that was named. */
  | 'moved';

/** A part of the file's text that an edit relies on. */
export interface Claim {
  start: number;
  end: number;
}

/** Where an edit fits, and what it does there. Offsets are of the file's text. */
export interface Match {
  kind: 'match';
  /** The matched texts, sorted. No other edit of the same call may change them. */
  claims: readonly Claim[];
  /** Sorted and disjoint. Empty when nothing changes. */
  splices: readonly Splice[];
  /** Empty for an exact match. */
  transformations: readonly Transformation[];
}
