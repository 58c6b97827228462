import type { Row } from './suite.ts';

/** What the rows of one user come to. */
export interface Summary {
  /** Held in the sandbox, and shown to work without. */
  held: Row[];
  /** Held, but cannot work here without a sandbox either, so it proves nothing. */
  cannotWork: Row[];
  escaped: Row[];
}

/** Sorts rows. */
export function summarise(rows: readonly Row[]): Summary {
  const escaped = rows.filter((row) => row.sandboxed.some(({ evidence }) => evidence.length > 0));
  const rest = rows.filter((row) => !escaped.includes(row));
  return {
    escaped,
    held: rest.filter(({ control }) => control.evidence.length > 0),
    cannotWork: rest.filter(({ control }) => control.evidence.length === 0),
  };
}

/** A table for people: each attempt with what came of it for each user, then the counts. */
export function tableOf(users: ReadonlyMap<string, readonly Row[]>): string {
  const titles = new Map<string, number>();
  for (const row of [...users.values()].flat()) titles.set(row.title, row.number);
  const names = [...users.keys()];
  const lines = [...titles].map(([title, number]) => {
    const cells = names.map((name) => {
      const row = users.get(name)?.find((each) => each.title === title);
      if (row === undefined) return 'not for them'.padEnd(22);
      const control = row.control.evidence.length > 0 ? 'works' : 'cannot work';
      const inside = row.sandboxed.some(({ evidence }) => evidence.length > 0) ? 'ESCAPED' : 'held';
      return `${control.padEnd(13)}${inside}`.padEnd(22);
    });
    return `${`(${number})`.padEnd(5)}${cells.join('')}${title}`;
  });
  const head = `     ${names.map((name) => `${name}: without, with`.padEnd(22)).join('')}attempt`;
  const counts = names.map((name) => {
    const { held, cannotWork, escaped } = summarise(users.get(name) ?? []);
    return `${name}: ${held.length + escaped.length + cannotWork.length} attempts, ${escaped.length} escaped, ${held.length} held that work without a sandbox, ${cannotWork.length} that cannot work here even without one`;
  });
  return [head, ...lines, ...counts].join('\n');
}
