/** Replaces a text that is in the file once. Both texts are literal; `old` may begin and end inside a line. */
export interface ReplaceEdit {
  kind: 'replace';
  /** Relative to the root, with `/`. */
  path: string;
  old: string;
  new: string;
  /** Replace every place. Only exact matches count then. Default: false. */
  all?: boolean;
  /** Replace every place and expect exactly so many. */
  count?: number;
  /** The 1-based line where `old` begins. It only picks one of several exact matches. */
  line?: number;
}

/** Writes a whole file, literally. */
export interface WriteEdit {
  kind: 'write';
  path: string;
  content: string;
  /** BLAKE3 of the content that is replaced, in hexadecimal. Absent: the file must not exist yet. */
  hash?: string;
}

/** A unified diff over any number of files. */
export interface PatchEdit {
  kind: 'patch';
  patch: string;
}

/** Search/replace blocks in text form, over any number of files. */
export interface SearchReplaceEdit {
  kind: 'search-replace';
  text: string;
  /** The file of blocks that name none. */
  path?: string;
}

/** Replaces lines by number. Each is named again by its content, so that a file that changed since is noticed. */
export interface LinesEdit {
  kind: 'lines';
  path: string;
  /** 1-based, inclusive. */
  start: number;
  end: number;
  /** One per line: the first 8 or more hexadecimal digits of the BLAKE3 of the line without its line break. */
  hashes?: readonly string[];
  /** The lines themselves. One of `hashes` and `old` is there. */
  old?: string;
  /** The lines to put in their place; empty deletes them. */
  new: string;
}

/** One edit as a model or a person sends it. */
export type Edit = ReplaceEdit | WriteEdit | PatchEdit | SearchReplaceEdit | LinesEdit;

/** Whole lines that are replaced by others: one search/replace block, or one hunk of a patch. */
export interface BlockEdit {
  kind: 'block';
  path: string;
  /** Without line breaks. */
  old: readonly string[];
  new: readonly string[];
  /** The 1-based line where the author believed `old` to be. Picks one of several exact matches; nothing else. */
  line?: number;
  /** The edit also adds or removes the line break at the end of the file; its last lines are the file's last lines. */
  finalBreak?: 'added' | 'removed';
}

/** Removes a file whose content is known. */
export interface RemoveEdit {
  kind: 'remove';
  path: string;
  /** All lines that the file must consist of. */
  old: readonly string[];
}

/** An edit of one file. */
export type FileEdit = ReplaceEdit | WriteEdit | LinesEdit | BlockEdit | RemoveEdit;
