import type { ChangedFile, Findings } from '../../../run/index.ts';
import { count } from './section.ts';

/** `14 files: remove unused import (20), merge duplicate import (2)`. */
export function changedTitle(heading: string, changes: readonly ChangedFile[]): string {
  const kinds = new Map<string, number>();
  for (const title of changes.flatMap((change) => change.titles)) {
    const kind = kindOf(title);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const parts = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, amount]) => `${kind} (${amount})`);
  const shown = parts.length > 4 ? [...parts.slice(0, 4), '…'] : parts;
  return `${heading}: ${count(changes.length, 'file')}${shown.length === 0 ? '' : `: ${shown.join(', ')}`}`;
}

/** One line per edit, `path:line  title`; the line is that of the finding which the edit answers. */
export function changedLines(changes: readonly ChangedFile[], findings: Findings | undefined): string[] {
  return changes.flatMap(({ path, titles }) =>
    titles.length === 0
      ? [path]
      : titles.map((title, at) => {
          const earlier = titles.slice(0, at).filter((each) => each === title).length;
          return `${place(path, title, earlier, findings)}  ${title}`;
        }),
  );
}

/** The title up to its first quoted name: `remove unused import of "x" from "y"` -> `remove unused import`. */
function kindOf(title: string): string {
  return (title.split(/["'`]/)[0] ?? title).replace(/\s+(of|from|to|in|on)?\s*$/, '').trim() || title;
}

/** `earlier`: how many edits of the same title come before it; findings stand in the order of the file, as edits do. */
function place(path: string, title: string, earlier: number, findings: Findings | undefined): string {
  const quoted = (name: string) => title.includes(`"${name}"`);
  const imports = (findings?.imports ?? []).filter(
    (each) => each.path === path && quoted(each.name) && quoted(each.specifier),
  );
  const made = imports.filter((each) => each.action !== 'leave');
  // An edit that keeps an effect names the module alone.
  const kept = findings?.imports.find(
    (each) => each.path === path && each.action === 'keep-effect' && quoted(each.specifier),
  );
  const finding =
    made[earlier] ??
    made[0] ??
    imports[0] ??
    kept ??
    findings?.dependencies.find((each) => each.path === path && quoted(each.name));
  return finding === undefined ? path : `${path}:${finding.line}`;
}
