import type { Plan } from '../swarm-port.ts';
import { printable } from '../view/printable.ts';
import type { ReportStyle } from './section.ts';

/** The graph of a plan as the workflow room writes it, with what it is called and how it was chosen. */
export function planLines(plan: Plan, { paint }: ReportStyle): string[] {
  const { name, description } = plan.definition;
  const head = description === undefined ? name : `${name}: ${description}`;
  const score = plan.score < 1 ? `, match ${plan.score.toFixed(2)} of 1` : '';
  return [
    paint.bold(printable(head)),
    paint.dim(printable(`manifest ${plan.manifest}${score}`)),
    '',
    ...plan.text.split('\n').map((line) => `  ${printable(line)}`),
    '',
    'Nothing was changed. pyagent run carries it out.',
  ];
}
