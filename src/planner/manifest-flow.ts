import type { Manifest } from '../agent/index.ts';
import { type WorkflowDefinition, workflowProblems } from '../factory/index.ts';
import { nearestWord, type SchemaProblem } from '../kernel/index.ts';

/** A manifest's flow as a workflow. */
export type FlowReading =
  | { kind: 'workflow'; definition: WorkflowDefinition }
  | { kind: 'invalid'; problems: SchemaProblem[] };

/**
 * The workflow of a manifest whose form was checked when it was read. Checks what form cannot say: the graph is sound,
 * its skills are declared by the manifest, and (when `skills` is given) the declared ones are at hand.
 */
export function manifestFlow(manifest: Manifest, skills?: readonly string[]): FlowReading {
  const { name, description, flow } = manifest;
  const definition = { version: 1, name, description, ...flow } as WorkflowDefinition;
  const declared = manifest.skills.map((skill) => skill.name);
  const problems = [
    ...declared.flatMap((skill, index) => missingSkill(skill, index, skills)),
    ...workflowProblems(definition, { skills: declared }).map(({ path, ...problem }) => {
      return { path: path.replace(/^\$/, '$.flow'), ...problem };
    }),
  ];
  return problems.length === 0 ? { kind: 'workflow', definition } : { kind: 'invalid', problems };
}

function missingSkill(skill: string, index: number, skills: readonly string[] | undefined): SchemaProblem[] {
  if (skills === undefined || skills.includes(skill)) return [];
  const nearest = nearestWord(skill, skills);
  const expected = `a skill that is at hand (${skills.join(', ') || 'none'})`;
  const problem = { path: `$.skills[${index}].name`, expected, found: JSON.stringify(skill) };
  return [nearest === undefined ? problem : { ...problem, nearest }];
}
