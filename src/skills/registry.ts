import { describeProblem, nearestWord, PyAgentError, validate } from '../kernel/index.ts';
import type { Skill, SkillContext, SkillOutcome } from './skill.ts';

/** A skill that somebody needs: `{ name: 'imports', range: '^1.0.0' }`. */
export interface SkillRequirement {
  name: string;
  /** A semantic version range as npm writes them. Default: any version. */
  range?: string;
}

/** Why a requirement is not met. */
export type SkillMismatch =
  | { kind: 'missing'; name: string; nearest?: string; message: string }
  | { kind: 'wrong-version'; name: string; range: string; found: string; message: string }
  | { kind: 'bad-range'; name: string; range: string; message: string };

/** The skills that are at hand. */
export interface SkillRegistry<Services = unknown> {
  /** @throws PyAgentError `skills/skill-invalid` for a bad name or version, or a name that is taken */
  register(skill: Skill<Services>): void;
  get(name: string): Skill<Services> | undefined;
  /** By name, in alphabetical order. */
  list(): readonly Skill<Services>[];
  /** The requirements that are not met; empty when all are. */
  unmet(requirements: readonly SkillRequirement[]): Promise<readonly SkillMismatch[]>;
  /** Runs a skill with input and output checked against its schemas. */
  run(name: string, context: SkillContext<Services>, input: unknown): Promise<SkillOutcome>;
}

/** A registry of `skills`. */
export function skillRegistry<Services = unknown>(skills: readonly Skill<Services>[] = []): SkillRegistry<Services> {
  const byName = new Map<string, Skill<Services>>();
  const register = (skill: Skill<Services>): void => {
    checkSkill(skill, byName.has(skill.name));
    byName.set(skill.name, skill);
  };
  for (const skill of skills) register(skill);
  const list = () => [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  return {
    register,
    get: (name) => byName.get(name),
    list,
    unmet: async (requirements) => {
      const found = await Promise.all(requirements.map((requirement) => mismatch(requirement, byName)));
      return found.filter((item) => item !== undefined);
    },
    run: async (name, context, input) => {
      const skill = byName.get(name);
      if (skill !== undefined) return runChecked(skill, context, input);
      return { kind: 'failed', code: 'skills/unknown-skill', message: missing(name, [...byName.keys()]).message };
    },
  };
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** https://semver.org, section 2, with pre-release and build. */
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

function checkSkill({ name, version }: Skill<never>, taken: boolean): void {
  const problem = !NAME.test(name)
    ? 'a name of lower-case words joined by hyphens'
    : !VERSION.test(version)
      ? 'a semantic version'
      : taken
        ? 'a name that no other skill has'
        : undefined;
  if (problem === undefined) return;
  throw new PyAgentError({
    code: 'skills/skill-invalid',
    message: `expected a skill with ${problem}, found "${name}" ${version}`,
    details: { name, version },
  });
}

async function mismatch(
  { name, range = '*' }: SkillRequirement,
  byName: ReadonlyMap<string, Skill<never>>,
): Promise<SkillMismatch | undefined> {
  const skill = byName.get(name);
  if (skill === undefined) return missing(name, [...byName.keys()]);
  if (range === '*') return undefined;
  const { default: semver } = await import('semver');
  if (semver.validRange(range) === null) {
    const message = `expected a version range such as ^1.0.0 for the skill "${name}", found "${range}"`;
    return { kind: 'bad-range', name, range, message };
  }
  if (semver.satisfies(skill.version, range)) return undefined;
  const message = `expected the skill "${name}" in version ${range}, found ${skill.version}`;
  return { kind: 'wrong-version', name, range, found: skill.version, message };
}

function missing(name: string, known: readonly string[]): SkillMismatch & { kind: 'missing' } {
  const nearest = nearestWord(name, known);
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  const all = known.length === 0 ? 'none' : [...known].sort().join(', ');
  const message = `expected a known skill (${all}), found "${name}"${hint}`;
  return { kind: 'missing', name, ...(nearest === undefined ? {} : { nearest }), message };
}

async function runChecked<Services>(
  skill: Skill<Services>,
  context: SkillContext<Services>,
  input: unknown,
): Promise<SkillOutcome> {
  const given = await validate(skill.input, input);
  if (given.kind === 'invalid') {
    const message = `the input of the skill "${skill.name}" does not fit: ${given.problems.map(describeProblem).join('; ')}`;
    return { kind: 'failed', code: 'skills/input-invalid', message, details: { problems: given.problems } };
  }
  if (context.signal.aborted) {
    return {
      kind: 'failed',
      code: 'skills/cancelled',
      message: `the skill "${skill.name}" was cancelled before it began`,
    };
  }
  const outcome = await skill.run(context, given.value);
  if (outcome.kind === 'failed' || outcome.output === undefined) return outcome;
  const made = await validate(skill.output, outcome.output);
  if (made.kind === 'valid') return outcome;
  throw new PyAgentError({
    code: 'skills/output-invalid',
    message: `the output of the skill "${skill.name}" does not fit its own schema: ${made.problems.map(describeProblem).join('; ')}; this is a defect of the skill`,
    details: { skill: skill.name, problems: made.problems },
  });
}
