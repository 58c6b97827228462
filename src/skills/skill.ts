import type { JsonSchema, PermissionGrant, Task } from '../kernel/index.ts';

/** How a skill ended. */
export type SkillOutcome<Output = unknown> =
  | {
      kind: 'done';
      /** One line for a person: `removed 12 unused imports in 7 files`. */
      summary: string;
      output: Output;
      /** Files that differ from before, relative to the root with `/`. Empty for a skill that only reports. */
      changedFiles: readonly string[];
    }
  | { kind: 'nothing-to-do'; summary: string; output?: Output }
  | {
      kind: 'failed';
      /** Stable, `room/what`. */
      code: `${string}/${string}`;
      /** What was expected, what was found, what to do. */
      message: string;
      details?: Record<string, unknown>;
    };

/** What a skill is given. `Services` are the narrow functions it declared that it needs; it has no other way out. */
export interface SkillContext<Services = unknown> {
  /** The workspace: an absolute, existing folder. */
  root: string;
  /** Ends the skill when aborted: it stops soon and leaves nothing half done. */
  signal: AbortSignal;
  /** Who asked for it, what it may do and use. */
  task: Task;
  services: Services;
  /** Tells what is going on, as event `kind`: `skill.progress`. */
  emit(kind: string, data: unknown): void;
}

/**
 * Something an agent can do. Input and output are checked against the schemas at the border, so `run` may trust its
 * input. An expected failure is an outcome; `run` throws only when its contract or the outside world is broken.
 */
export interface Skill<Services = unknown, Input = unknown, Output = unknown> {
  /** Lower-case words joined by hyphens; unique in a registry. */
  name: string;
  /** Semantic version. The input and output of one major version stay compatible. */
  version: string;
  /** What it does, in a sentence or two, for people and for a planner. */
  description: string;
  /** Whether it only reports or also changes files. */
  effect: 'report' | 'change';
  /** What it needs. The task's own permission still limits it. */
  permissions: PermissionGrant;
  input: JsonSchema;
  output: JsonSchema;
  run(context: SkillContext<Services>, input: Input): Promise<SkillOutcome<Output>>;
}
