import type { ImportFinding } from '../../../code/index.ts';
import type { Skill, SkillOutcome } from '../../skill.ts';
import { APPLY_INPUT, type ApplyInput, count, countsSchema, type RepositoryServices } from '../repository-services.ts';

/** What the skill gives out. */
export interface ImportsOutput {
  /** Unused imports found. */
  unused: number;
  /** Findings that are left in place, with a reason. */
  left: number;
  /** Files changed. */
  files: number;
}

/**
 * Removes unused imports, merges duplicates and marks type-only imports, wherever that provably changes nothing; what it
 * changed is sorted where the repository sorts.
 */
export const importsSkill: Skill<RepositoryServices, ApplyInput, ImportsOutput> = {
  name: 'imports',
  version: '1.0.0',
  description:
    'Removes unused imports where that provably changes nothing, merges duplicate imports, marks type-only imports where the compiler options ask for it, and sorts with the tool that the repository is set up for.',
  effect: 'change',
  permissions: { read: ['**'], write: ['**'] },
  input: APPLY_INPUT,
  output: countsSchema('unused', 'left', 'files'),
  run: async ({ services, emit }, { apply = true }): Promise<SkillOutcome<ImportsOutput>> => {
    const report = await services.analyze();
    for (const finding of report.imports) emit('finding', { check: 'imports', ...finding });
    const changedFiles = apply ? await services.apply(report.importChanges) : [];
    const sorted = await services.sortImports(changedFiles);
    const output = { ...tally(report.imports), files: changedFiles.length };
    if (report.imports.length === 0) return { kind: 'nothing-to-do', summary: 'no unused import', output };
    return { kind: 'done', summary: summarize(report.imports, changedFiles, sorted), output, changedFiles };
  },
};

function tally(findings: readonly ImportFinding[]): Omit<ImportsOutput, 'files'> {
  return {
    unused: findings.filter(({ kind }) => kind === 'unused').length,
    left: findings.filter(({ action }) => action === 'leave').length,
  };
}

function summarize(
  findings: readonly ImportFinding[],
  changedFiles: readonly string[],
  sorted: readonly string[],
): string {
  const acting = findings.filter(({ action }) => action !== 'leave').length;
  const left = findings.length - acting;
  const parts = [`${count(acting, 'import')} to tidy`];
  if (changedFiles.length > 0) parts.push(`${count(changedFiles.length, 'file')} changed`);
  if (sorted.length > 0) parts.push(`${sorted.length} sorted`);
  if (left > 0) parts.push(`${count(left, 'import')} left with a reason`);
  return parts.join(', ');
}
