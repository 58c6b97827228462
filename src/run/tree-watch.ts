import type { Command, RunCommand } from '../sandbox/index.ts';

/** Which files commands leave written or deleted in the tree. */
export interface TreeWatch {
  /** Runs a command and looks at the tree before and after. */
  runCommand: RunCommand;
  /** What all executions of a command together changed in the tree, in a sentence or none. */
  notes(command: Pick<Command, 'argv' | 'cwd'>): string[];
}

/** A word for the state of each file, by path: another word means that the file was written; `deleted` that it is gone. */
export type Stamps = ReadonlyMap<string, string>;

interface Span {
  /** Before the first execution. Absent: the file was not there. */
  first: string | undefined;
  last: string | undefined;
}

const MOST_NAMED = 5;

/**
 * A {@link TreeWatch}. Where commands write into the tree itself (`stays`), nothing else may write while one of them runs,
 * or that counts as the command's doing.
 */
export function treeWatch(
  runCommand: RunCommand,
  stamps: () => Promise<Stamps>,
  fate: 'stays' | 'discarded' = 'stays',
): TreeWatch {
  const seen = new Map<string, Map<string, Span>>();
  return {
    runCommand: async (command) => {
      const before = await stamps();
      const outcome = await runCommand(command);
      const after = await stamps();
      const spans = seen.get(keyOf(command)) ?? new Map<string, Span>();
      for (const path of differing(before, after)) {
        const first = spans.has(path) ? spans.get(path)?.first : before.get(path);
        spans.set(path, { first, last: after.get(path) });
      }
      seen.set(keyOf(command), spans);
      return outcome;
    },
    notes: (command) => {
      const spans = [...(seen.get(keyOf(command)) ?? [])].filter(([, { first, last }]) => first !== last);
      const gone = ({ last }: Span) => last === undefined || last === 'deleted';
      const written = spans.filter(([, span]) => !gone(span)).map(([path]) => path);
      const deleted = spans.filter(([, span]) => gone(span)).map(([path]) => path);
      return [...sentence('written', written, fate), ...sentence('deleted', deleted, fate)];
    },
  };
}

function keyOf({ argv, cwd }: Pick<Command, 'argv' | 'cwd'>): string {
  return JSON.stringify([cwd, ...argv]);
}

function differing(before: Stamps, after: Stamps): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}

function sentence(done: string, paths: readonly string[], fate: 'stays' | 'discarded'): string[] {
  if (paths.length === 0) return [];
  const [subject, verb, reference] = paths.length === 1 ? ['file', 'was', 'it is'] : ['files', 'were', 'they are'];
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  const named = `${paths.toSorted().slice(0, MOST_NAMED).join(', ')}${more}`;
  const what = `${paths.length} ${subject} ${verb} ${done}`;
  if (fate === 'discarded') return [`${what} in its sandbox: ${named}; that was thrown away with it`];
  return [`${what} while it ran: ${named}; ${reference} not part of this run`];
}
