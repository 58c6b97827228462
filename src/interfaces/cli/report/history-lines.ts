import type { HistoryOutcome, PreviewOutcome } from '../../../swarm.ts';
import { printable } from '../view/printable.ts';
import { count } from './section.ts';

/** What undo or redo did, for a person. */
export function historyLines(outcome: HistoryOutcome): string[] {
  return [...recoveredLines(outcome), ...outcomeLines(outcome)];
}

function outcomeLines(outcome: HistoryOutcome): string[] {
  switch (outcome.kind) {
    case 'undone':
    case 'redone': {
      const { run, operation, paths, merged, takesBack, runState } = outcome;
      const word = outcome.kind === 'undone' ? 'Undone' : 'Redone';
      const way = outcome.kind === 'undone' ? 'redo' : 'undo';
      const by = takesBack === undefined ? '' : `, which takes back ${takesBack}`;
      const partly = `In part: pyagent undo ${run} takes back the rest, pyagent redo ${run} brings it all back.`;
      return [
        `${word}: ${count(paths.length, 'file')} of ${run}${by}.`,
        ...merged.map(({ path, by: how }) => `  ${path}: merged with what you edited since (${how})`),
        ...(runState === 'partly-undone' ? [partly] : []),
        `Take it back: pyagent ${way} ${run}, or exactly this: pyagent undo ${operation}`,
      ];
    }
    case 'nothing':
      return [outcome.message];
    case 'busy':
    case 'damaged':
    case 'conflict':
      return outcome.message.split('\n');
  }
}

function recoveredLines({ recovered = [] }: HistoryOutcome): string[] {
  return recovered.flatMap(({ run, paths, conflicts, merged }) => [
    `${run} was killed before its end: its changes to ${paths} files were rolled back just now.`,
    ...merged.map(({ path }) => `  ${path}: what you edited since was kept`),
    ...conflicts.map(({ path, detail, kept }) => `  ${path}: ${detail}${kept === undefined ? '' : `; ${kept}`}`),
  ]);
}

/** What undo or redo would do, for a person: the files, then their differences. */
export function previewLines(preview: PreviewOutcome, kind: 'undo' | 'redo'): string[] {
  if (preview.kind !== 'preview') return preview.message.split('\n').map(printable);
  const { run, files, would, message, open } = preview;
  const killed = `${open.join(', ')} was left open by a process that ended; it would be rolled back first.`;
  if (message !== undefined) return message.split('\n').map(printable);
  const changed = files.filter(({ action }) => action !== 'nothing');
  const first =
    would === 'conflict'
      ? `Would refuse to ${kind} ${run}: files were edited since.`
      : `Would ${kind} ${count(files.length, 'file')} of ${run}.`;
  return [
    `${first} Nothing was changed.`,
    ...(open.length === 0 ? [] : [killed]),
    ...files.map(({ path, action, by, detail }) => {
      const more = by === undefined ? detail : `both edits, by ${by}`;
      return `  ${action.padEnd(8)} ${path}${more === undefined ? '' : `: ${more}`}`;
    }),
    ...changed.flatMap(({ diff }) => (diff === '' ? [] : ['', ...diff.replace(/\n$/, '').split('\n')])),
  ].map(printable);
}
