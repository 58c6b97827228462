import { native } from '../native/index.ts';
import { type MergeConflict, type MergeInput, type MergeOptions, mergeSettings } from './merge-texts.ts';

/** Three versions of a file. */
export interface MergeFileInput extends MergeInput {
  /** Its name tells the language; the file itself is not read. */
  path: string;
}

/** The merge of a file. */
export type MergedFile =
  | {
      kind: 'clean';
      bytes: Uint8Array;
      /** `text` is git's own answer; `syntax` was found where the lines conflict, and checked. */
      by: 'text' | 'syntax';
    }
  | {
      kind: 'conflict';
      /** What is decided, with what is not between markers. */
      bytes: Uint8Array;
      conflicts: MergeConflict[];
      /** Why a result that the syntax suggested was not taken. */
      doubt?: string;
    };

/**
 * Merges three versions of a file line by line and, where that conflicts, by its syntax: TypeScript, JavaScript,
 * Python, JSON (with comments), TOML and YAML. Changes of different declarations, members and keys are both taken; a
 * result counts as clean only when it parses and has what both sides did. Everything else is a conflict.
 */
export function mergeFile({ path, base, ours, theirs }: MergeFileInput, options: MergeOptions = {}): MergedFile {
  const { bytes, by, conflicts, doubt } = native().mergeFile(path, base, ours, theirs, mergeSettings(options));
  if (by !== undefined) return { kind: 'clean', bytes, by };
  return { kind: 'conflict', bytes, conflicts, ...(doubt === undefined ? {} : { doubt }) };
}
