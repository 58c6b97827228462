/** Sections that say how content is stored, compared and shown, and who commits. */
const SECTIONS = new Set(['diff', 'extensions', 'filter', 'i18n', 'merge', 'user']);

/** What `core` says about content and its place; the rest of it names programs, folders and habits of the original. */
const CORE = new Set([
  'abbrev',
  'attributesfile',
  'autocrlf',
  'bigfilethreshold',
  'eol',
  'excludesfile',
  'filemode',
  'ignorecase',
  'precomposeunicode',
  'quotepath',
  'repositoryformatversion',
  'safecrlf',
  'sparsecheckout',
  'sparsecheckoutcone',
  'symlinks',
  'whitespace',
]);

/** Extensions that point at something the copy does not have. */
const FOREIGN = new Set(['partialclone', 'worktreeconfig']);

/**
 * The configuration for a private copy of a repository, out of the texts of the original's own files (git-config(1),
 * Syntax).
 *
 * It is a list of what is let through, not of what is kept out: remotes, `url`, `http` and `credential` hold secrets and
 * lead to the user's servers, `hooksPath`, `sshCommand`, aliases, editors and `include` lead to programs and files of
 * the original. Filters stay, or files in Git LFS would count as changed.
 */
export function privateConfig(texts: readonly string[], hooks: string): string {
  const kept = texts.flatMap((text) => sections(text).filter(isKept));
  return [...kept.map(({ header, lines }) => [header, ...lines].join('\n')), own(hooks)].join('\n');
}

interface Section {
  header: string;
  /** In lower case, without its subsection. */
  name: string;
  lines: string[];
}

function isKept({ name, lines }: Section): boolean {
  return (name === 'core' || SECTIONS.has(name)) && lines.length > 0;
}

function sections(text: string): Section[] {
  const found: Section[] = [];
  for (const line of logicalLines(text)) {
    const opening = /^\s*\[\s*([\w.-]+)\s*("(?:[^"\\]|\\.)*")?\s*\](.*)$/s.exec(line);
    if (opening) {
      const [, name = '', subsection, rest = ''] = opening;
      const header = subsection ? `[${name} ${subsection}]` : `[${name}]`;
      found.push({ header, name: name.toLowerCase(), lines: [] });
      add(found.at(-1), rest);
    } else add(found.at(-1), line);
  }
  return found;
}

function add(section: Section | undefined, line: string): void {
  const key = /^\s*([A-Za-z][\w-]*)/.exec(line)?.[1]?.toLowerCase();
  if (!section || key === undefined) return;
  if (section.name === 'core' && !CORE.has(key)) return;
  if (section.name === 'extensions' && FOREIGN.has(key)) return;
  section.lines.push(line);
}

/** A backslash at the end of a line continues it. */
function logicalLines(text: string): string[] {
  return text.match(/(?:\\\r?\n|[^\n])+/g) ?? [];
}

/**
 * The copied index stays valid: inode and time of the last metadata change differ in a copy, sizes and times of the last
 * change do not. Hooks of the user's own configuration are shut out too, and nothing is tidied up.
 */
function own(hooks: string): string {
  const path = `"${hooks.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return `[core]
\tbare = false
\tlogallrefupdates = true
\tfsmonitor = false
\ttrustctime = false
\tcheckStat = minimal
\thooksPath = ${path}
[gc]
\tauto = 0
[maintenance]
\tauto = false
`;
}
