import type { Skill, SkillOutcome } from '../../skill.ts';
import { count, countsSchema, NO_INPUT, READ_REPOSITORY, type RepositoryServices } from '../repository-services.ts';

/** What the skill gives out. */
export interface SurveyOutput {
  files: number;
  /** Edits that a later step would make. */
  proposals: number;
  skipped: number;
}

/** Reads the whole repository once, so that later steps know whether there is anything to change. */
export const surveySkill: Skill<RepositoryServices, unknown, SurveyOutput> = {
  name: 'survey',
  version: '1.0.0',
  description: 'Reads the repository and counts what there is to do. Changes nothing.',
  effect: 'report',
  permissions: READ_REPOSITORY,
  input: NO_INPUT,
  output: countsSchema('files', 'proposals', 'skipped'),
  run: async ({ services, emit }): Promise<SkillOutcome<SurveyOutput>> => {
    const { totals, importChanges, dependencyChanges, skipped } = await services.analyze();
    for (const file of skipped) emit('finding', { check: 'skipped', ...file });
    const changes = services.applyDependencies ? [...importChanges, ...dependencyChanges] : importChanges;
    const proposals = changes.reduce((sum, change) => sum + change.groups.length, 0);
    const files = totals.javascriptFiles + totals.pythonFiles;
    const output = { files, proposals, skipped: skipped.length };
    const left = skipped.length > 0 ? `, ${skipped.length} left alone` : '';
    const summary = `${count(files, 'file')}, ${totals.lines} lines${left}; ${count(proposals, 'edit')} to make`;
    return { kind: 'done', summary, output, changedFiles: [] };
  },
};
