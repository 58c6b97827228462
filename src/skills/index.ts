/**
 * What an agent can do.
 *
 * A {@link Skill} has a name, a version, schemas for what goes in and comes out, the permissions it needs, and one
 * function. Built-in skills, skill folders and foreign tools all become this one thing, so whoever runs a skill need
 * not know where it is from. The {@link SkillRegistry} finds them, tells whether the versions that a manifest asks for
 * are there, and checks input and output at the border.
 *
 * A skill reaches the outside only through the services in its context: narrow functions that the composition root
 * passes in. It never writes a file by itself, so every change passes through the run's file transaction.
 *
 * A new skill is one folder in `builtin/` and one line where the composition root registers it.
 */

export { cyclesSkill } from './builtin/cycles/cycles.ts';
export { deadCodeSkill } from './builtin/dead-code/dead-code.ts';
export { dependenciesSkill } from './builtin/dependencies/dependencies.ts';
export { importsSkill } from './builtin/imports/imports.ts';
export type { RepositoryServices } from './builtin/repository-services.ts';
export { surveySkill } from './builtin/survey/survey.ts';
export { type SkillMismatch, type SkillRegistry, type SkillRequirement, skillRegistry } from './registry.ts';
export type { Skill, SkillContext, SkillOutcome } from './skill.ts';
