import type { PlanOutcome } from '../../../swarm.ts';
import { printable } from '../view/printable.ts';
import type { ReportStyle } from './section.ts';

/** A plan that was found: how it was chosen, what was not understood, and the graph of its steps. */
export function planLines(plan: PlanOutcome & { kind: 'planned' }, { paint }: ReportStyle): string[] {
  const { manifest, score, ignored, text } = plan;
  const description = plan.definition.description;
  const head = `${manifest}${score < 1 ? ` (match ${score.toFixed(2)} of 1)` : ''}`;
  return [
    paint.bold(printable(head)),
    ...(description === undefined ? [] : [paint.dim(printable(description))]),
    ...ignoredLines(ignored),
    '',
    ...text.split('\n').map((line) => `  ${printable(line)}`),
    '',
    'Nothing was changed. pyagent run carries it out.',
  ];
}

/** Tells the words of a task that its manifest knows nothing of. */
export function ignoredLines(words: readonly string[]): string[] {
  return words.length === 0 ? [] : [`Not acted on: ${words.map((word) => `"${printable(word)}"`).join(', ')}`];
}
