import type { Mixin, MixinFactory, StepVerdict } from '../mixin.ts';

/**
 * Asks before each step whether the manifest, the budget and the line of tasks allow it, and remembers failures in the
 * line's history. What a step does to files, hosts and commands is enforced where the effect happens, by the task's
 * permission; here a step is stopped that could have no permitted effect at all.
 */
export const governance: MixinFactory = ({ manifest, task, options }) => {
  const unknown = Object.keys(options)[0];
  if (unknown !== undefined) {
    return { kind: 'bad-options', message: `expected no options for the mixin "governance", found "${unknown}"` };
  }
  const allowed = new Set(manifest.skills.map(({ name }) => name));
  const mixin: Mixin = {
    name: 'governance',
    beforeStep: async ({ title, node }): Promise<StepVerdict> => {
      if (task.signal.aborted) return refuse('agent/cancelled', `"${title}" was not begun: the task was cancelled`);
      if (node.skill !== undefined && !allowed.has(node.skill)) {
        const names = [...allowed].join(', ') || 'none';
        return refuse('agent/skill-not-declared', `expected a skill of the manifest (${names}), found "${node.skill}"`);
      }
      if (node.kind === 'land' && task.permission.grants.some(({ write = [] }) => write.length === 0)) {
        return refuse(
          'agent/not-permitted',
          `"${title}" was refused: the manifest "${manifest.name}" may write nothing`,
        );
      }
      const line = task.failures.state();
      if (line.kind !== 'running') return refuse(`agent/${line.kind}`, line.message);
      const budget = task.budget.check();
      if (budget.kind === 'available') return { kind: 'go' };
      return refuse('agent/budget-exhausted', `the budget of ${budget.limit} ${budget.resource} is used up`);
    },
    afterStep: async ({ node }, outcome) => {
      if (outcome.kind !== 'failed' || outcome.code?.startsWith('agent/')) return;
      task.failures.record({ task: task.id, stage: node.id, error: outcome.code ?? outcome.message ?? 'unknown' });
    },
  };
  return { kind: 'mixin', mixin };
};

function refuse(code: `${string}/${string}`, message: string): StepVerdict {
  return { kind: 'refuse', code, message };
}
