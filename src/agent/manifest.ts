import type { BudgetLimits, JsonObject, JsonValue, PermissionGrant } from '../kernel/index.ts';

/** How an agent thinks. direct: one pass. cot: plan, act, check. cort: several branches, judged, the best kept. */
export type ReasoningMode = 'direct' | 'cot' | 'cort';

/** What an agent keeps. none: nothing; task: for the task; workspace: for later tasks in the same workspace. */
export type MemoryStrategy = 'none' | 'task' | 'workspace';

/** A skill that the agent needs. */
export interface ManifestSkill {
  name: string;
  /** A semantic version range. Default: any version. */
  range?: string;
}

/** A mixin of the agent, with its options. */
export interface ManifestMixin {
  name: string;
  options?: JsonObject;
}

/** What the agent needs of a language model. Absent: it works without one. */
export interface ModelRequirement {
  /** Default: false; the agent then uses a model when there is one. */
  required?: boolean;
  /** Least size of the context window, in tokens. Default: no least. */
  contextTokens?: number;
  capabilities?: readonly ('tools' | 'structured-output' | 'vision')[];
}

/** One node of a flow as a manifest writes it; the factory reads the rest of its keys. */
export interface FlowNode {
  id: string;
  kind: string;
  readonly [key: string]: JsonValue | undefined;
}

/** A flow's edge. */
export interface FlowEdge {
  from: string;
  to: string;
  when?: string;
}

/** What the agent does: the nodes and edges of a workflow definition. */
export interface ManifestFlow {
  inputs?: Readonly<Record<string, { description?: string; default?: JsonValue }>>;
  nodes: readonly FlowNode[];
  edges: readonly FlowEdge[];
}

/** What makes the shell into one agent: `schemas/manifest.v1.json`. */
export interface Manifest {
  version: '1';
  /** Lower-case words joined by hyphens; unique in a catalogue. */
  name: string;
  /** What it is, in a few words: `dependency optimizer`. */
  role: string;
  /** What it does, in a sentence or two. The planner reads it. */
  description: string;
  /** Phrases of people who want this agent. The planner matches task texts against them. */
  intents: readonly string[];
  skills: readonly ManifestSkill[];
  /** Names of foreign tools it may use. Default: none. */
  tools?: readonly string[];
  /** Default: none. The governance mixin is always there. */
  mixins?: readonly ManifestMixin[];
  permissions: PermissionGrant;
  /** Default: `none`. */
  memoryStrategy?: MemoryStrategy;
  /** Default: `direct`. */
  reasoningMode?: ReasoningMode;
  model?: ModelRequirement;
  /** Default: no limit of its own. */
  budget?: BudgetLimits;
  flow: ManifestFlow;
}

/** Where a manifest is from. A project's wins over the user's, the user's over a built-in one of the same name. */
export type ManifestOrigin = { kind: 'builtin' } | { kind: 'project' | 'user'; path: string };

/** A manifest and where it is from. */
export interface CatalogueEntry {
  manifest: Manifest;
  origin: ManifestOrigin;
}
