/** Three versions of one file; `ours` and `theirs` come from `base`, and all three differ. */
export interface MergeCase {
  /** What it is, for a message. */
  name: string;
  /** Its path inside the package, which tells the language. */
  path: string;
  base: string;
  ours: string;
  theirs: string;
  /** The right result, where the maker of the case knows it. */
  right?: string;
}

/** The languages that are merged by syntax, by the end of a file's name. */
export function languageOf(path: string): 'script' | 'python' | 'json' | 'toml' | 'yaml' | undefined {
  const end = path.slice(path.lastIndexOf('.') + 1);
  if (/^[mc]?[jt]s$|^[jt]sx$/.test(end)) return 'script';
  if (/^pyi?$/.test(end)) return 'python';
  if (/^jsonc?$/.test(end)) return 'json';
  if (end === 'toml') return 'toml';
  return /^ya?ml$/.test(end) ? 'yaml' : undefined;
}
