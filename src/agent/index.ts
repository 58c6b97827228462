/**
 * One shell that becomes any agent.
 *
 * A {@link Manifest} (`schemas/manifest.v1.json`) says what an agent is: its role, the phrases by which people ask for
 * it, the skills it needs, what it may do and use, and its flow. {@link loadCatalogue} finds the manifests that are at
 * hand; {@link becomeAgent} turns the shell into the agent of one. The agent then carries out steps, one at a time,
 * between the hooks of its mixins; who walks the flow is above this room and is given {@link Agent.runStep}.
 *
 * The governance mixin is part of every agent: no step is begun that the manifest does not declare, after the budget
 * is used up, or after the line of tasks was stopped. The agent's task is delegated from its parent's, so it may do
 * at most what both the parent and the manifest allow.
 *
 * The room writes no file and calls no model. A new mixin is one file in `mixins/` and one line where agents are made;
 * a new built-in agent is one file in `manifests/` and one line in `builtin-manifests.ts`.
 */
export { builtinManifests } from './builtin-manifests.ts';
export { type Catalogue, type CatalogueFolders, loadCatalogue, readManifestFile } from './catalogue.ts';
export type {
  CatalogueEntry,
  FlowEdge,
  FlowNode,
  Manifest,
  ManifestFlow,
  ManifestMixin,
  ManifestOrigin,
  ManifestSkill,
  MemoryStrategy,
  ModelRequirement,
  ReasoningMode,
} from './manifest.ts';
export { invalidManifest, type ManifestReading, readManifest } from './manifest-reader.ts';
export type { AgentStep, AgentStepOutcome, Mixin, MixinContext, MixinFactory, StepVerdict } from './mixin.ts';
export { type Agent, type AgentParts, becomeAgent, type StepRefused, type Unfit } from './shell.ts';
