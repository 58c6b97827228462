import type { Command, RunCommand } from '../sandbox/index.ts';
import type { TakeBack } from './take-back.ts';

/** Runs commands whose effects on the tree are taken back at once, and tells what they were. */
export interface TreeWatch {
  runCommand: RunCommand;
  /** What all executions of a command together did to the tree, in a sentence or none. */
  notes(command: Pick<Command, 'argv' | 'cwd'>): string[];
}

interface Effects {
  written: Set<string>;
  deleted: Set<string>;
  notes: Set<string>;
}

const MOST_NAMED = 5;

/** A {@link TreeWatch}. Nothing else may write while one of its commands runs, or that counts as the command's doing. */
export function treeWatch(runCommand: RunCommand, takeBack: TakeBack): TreeWatch {
  const seen = new Map<string, Effects>();
  return {
    runCommand: async (command) => {
      const { result, written, deleted, notes } = await takeBack(() => runCommand(command));
      const effects = seen.get(keyOf(command)) ?? { written: new Set(), deleted: new Set(), notes: new Set() };
      for (const path of written) effects.written.add(path);
      for (const path of deleted) effects.deleted.add(path);
      for (const note of notes) effects.notes.add(note);
      seen.set(keyOf(command), effects);
      return result;
    },
    notes: (command) => {
      const effects = seen.get(keyOf(command));
      if (!effects) return [];
      return [...sentence('written', effects.written), ...sentence('deleted', effects.deleted), ...effects.notes];
    },
  };
}

function keyOf({ argv, cwd }: Pick<Command, 'argv' | 'cwd'>): string {
  return JSON.stringify([cwd, ...argv]);
}

function sentence(done: string, all: ReadonlySet<string>): string[] {
  const paths = [...all].sort();
  if (paths.length === 0) return [];
  const [subject, verb] = paths.length === 1 ? ['file', 'was'] : ['files', 'were'];
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  const named = `${paths.slice(0, MOST_NAMED).join(', ')}${more}`;
  return [`${paths.length} ${subject} ${verb} ${done} while it ran, and taken back: ${named}`];
}
