import type { Component } from '../../../code/index.ts';
import type { Skill, SkillOutcome } from '../../skill.ts';
import { count, countsSchema, NO_INPUT, READ_REPOSITORY, type RepositoryServices } from '../repository-services.ts';

/** What the skill gives out. */
export interface CyclesOutput {
  /** Components connected by imports that are evaluated when a module loads. */
  components: number;
  /** Modules in them. */
  modules: number;
  /** Components that exist only because of type imports or deferred imports. */
  harmless: number;
}

/** Finds modules that import each other, with a shortest witness and the imports whose removal opens the cycle. */
export const cyclesSkill: Skill<RepositoryServices, unknown, CyclesOutput> = {
  name: 'cycles',
  version: '1.0.0',
  description: 'Finds import cycles: exact members, a shortest witness, and a smallest set of imports that opens them.',
  effect: 'report',
  permissions: READ_REPOSITORY,
  input: NO_INPUT,
  output: countsSchema('components', 'modules', 'harmless'),
  run: async ({ services, emit }): Promise<SkillOutcome<CyclesOutput>> => {
    const { cycles } = await services.analyze();
    for (const component of cycles) emit('finding', { check: 'cycles', ...component });
    const value = cycles.filter(({ kind }) => kind === 'value');
    const modules = value.reduce((sum, { members }) => sum + members.length, 0);
    const output = { components: value.length, modules, harmless: cycles.length - value.length };
    if (cycles.length === 0) return { kind: 'nothing-to-do', summary: 'no import cycle', output };
    return { kind: 'done', summary: summarize(value, output), output, changedFiles: [] };
  },
};

function summarize(value: readonly Component[], { modules, harmless }: CyclesOutput): string {
  const parts = [];
  if (value.length > 0) parts.push(`${count(value.length, 'cycle')} of ${modules} modules`);
  if (harmless > 0) parts.push(`${harmless} through types or deferred imports only`);
  return parts.join(', ');
}
