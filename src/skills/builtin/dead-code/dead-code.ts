import type { Skill, SkillOutcome } from '../../skill.ts';
import { count, countsSchema, NO_INPUT, READ_REPOSITORY, type RepositoryServices } from '../repository-services.ts';

/** What the skill gives out. */
export interface DeadCodeOutput {
  files: number;
  exports: number;
}

/** Reports files and exports that nothing reaches from the entry points. Never removes them. */
export const deadCodeSkill: Skill<RepositoryServices, unknown, DeadCodeOutput> = {
  name: 'dead-code',
  version: '1.0.0',
  description: 'Reports files and exports that nothing reaches from the entry points. Changes nothing.',
  effect: 'report',
  permissions: READ_REPOSITORY,
  input: NO_INPUT,
  output: countsSchema('files', 'exports'),
  run: async ({ services, emit }): Promise<SkillOutcome<DeadCodeOutput>> => {
    const { deadFiles, deadExports } = await services.analyze();
    for (const file of deadFiles) emit('finding', { check: 'dead-code', ...file });
    for (const found of deadExports) emit('finding', { check: 'dead-code', ...found });
    const output = { files: deadFiles.length, exports: deadExports.length };
    if (output.files + output.exports === 0) return { kind: 'nothing-to-do', summary: 'nothing unreachable', output };
    const summary = `${count(output.files, 'unreachable file')}, ${count(output.exports, 'unused export')}`;
    return { kind: 'done', summary, output, changedFiles: [] };
  },
};
