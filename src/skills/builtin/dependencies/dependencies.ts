import type { DependencyFinding } from '../../../code/index.ts';
import type { Skill, SkillOutcome } from '../../skill.ts';
import { APPLY_INPUT, type ApplyInput, count, countsSchema, type RepositoryServices } from '../repository-services.ts';

/** What the skill gives out. */
export interface DependenciesOutput {
  unused: number;
  unlisted: number;
  misplaced: number;
  /** Manifests changed; 0 unless asked for. */
  files: number;
}

/** Compares what the manifests declare with what the code uses. Writes manifests only when the run asks for it. */
export const dependenciesSkill: Skill<RepositoryServices, ApplyInput, DependenciesOutput> = {
  name: 'dependencies',
  version: '1.0.0',
  description:
    'Finds unused, unlisted, misplaced and duplicate dependencies in package.json, pyproject.toml and requirements files; writes them only with --apply-deps.',
  effect: 'change',
  permissions: { read: ['**'], write: ['**'] },
  input: APPLY_INPUT,
  output: countsSchema('unused', 'unlisted', 'misplaced', 'files'),
  run: async ({ services, emit }, { apply = true }): Promise<SkillOutcome<DependenciesOutput>> => {
    const { dependencies, dependencyChanges } = await services.analyze();
    for (const finding of dependencies) emit('finding', { check: 'dependencies', ...finding });
    const changedFiles = apply && services.applyDependencies ? await services.apply(dependencyChanges) : [];
    const output = { ...tally(dependencies), files: changedFiles.length };
    if (dependencies.length === 0) return { kind: 'nothing-to-do', summary: 'every dependency is in order', output };
    const changed = changedFiles.length > 0 ? `, ${count(changedFiles.length, 'manifest')} changed` : '';
    return { kind: 'done', summary: `${summarize(output, dependencies)}${changed}`, output, changedFiles };
  },
};

function tally(findings: readonly DependencyFinding[]): Omit<DependenciesOutput, 'files'> {
  const number = (...kinds: DependencyFinding['kind'][]) => findings.filter(({ kind }) => kinds.includes(kind)).length;
  return {
    unused: number('unused', 'only-unused-imports'),
    unlisted: number('unlisted'),
    misplaced: number('misplaced'),
  };
}

function summarize(output: DependenciesOutput, findings: readonly DependencyFinding[]): string {
  const other = findings.length - output.unused - output.unlisted - output.misplaced;
  const parts = [
    [output.unused, 'unused'],
    [output.unlisted, 'unlisted'],
    [output.misplaced, 'misplaced'],
    [other, 'other'],
  ] as const;
  const named = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return `${count(findings.length, 'finding')}: ${named.join(', ')}`;
}
