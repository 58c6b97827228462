import { type DelegationRefusal, type JsonObject, type JsonValue, nearestWord, type Task } from '../kernel/index.ts';
import type { SkillMismatch, SkillRegistry } from '../skills/index.ts';
import type { Manifest, ManifestFlow } from './manifest.ts';
import type { AgentStep, AgentStepOutcome, Mixin, MixinFactory } from './mixin.ts';
import { governance } from './mixins/governance.ts';

/** A step that a mixin refused. Trying again would meet the same refusal. */
export interface StepRefused {
  kind: 'failed';
  code: `${string}/${string}`;
  message: string;
  retryable: false;
}

/** What it takes to become the agent of a manifest. */
export interface AgentParts<Step extends AgentStep, Outcome extends AgentStepOutcome, Context> {
  manifest: Manifest;
  /** Who asks. The agent's own task is delegated from it, with the manifest's permissions and budget. */
  parent: Task;
  /** Id of the agent's own task. */
  id: string;
  /** What the agent is asked to do; tells its task from its ancestors'. */
  signature: string;
  skills: Pick<SkillRegistry<never>, 'unmet'>;
  /** Carries out one step as `task`: its permission is what the step may do. */
  runTask(step: Step, context: Context, task: Task): Promise<Outcome>;
  /** Mixins by name, besides `governance`. Default: none. */
  mixins?: Readonly<Record<string, MixinFactory>>;
}

/** The shell after it became an agent. */
export interface Agent<Step extends AgentStep, Outcome extends AgentStepOutcome, Context> {
  readonly manifest: Manifest;
  readonly task: Task;
  readonly flow: ManifestFlow;
  /** Role, description and what the mixins add, for a model. */
  systemPrompt(): string;
  /** The manifest's tools and the mixins', each once. */
  tools(): readonly string[];
  /** Carries out one step between the mixins' hooks. */
  runStep(step: Step, context: Context): Promise<Outcome | StepRefused>;
  /** What the mixins remember, by name. */
  snapshot(): JsonObject;
  restore(state: JsonObject): void;
}

/** Why the shell did not become the agent. */
export type Unfit =
  | { kind: 'skills-unmet'; mismatches: readonly SkillMismatch[]; message: string }
  | { kind: 'mixin-unknown' | 'mixin-options'; mixin: string; message: string }
  | { kind: 'not-delegated'; refusal: DelegationRefusal; message: string };

/** Becomes the agent of `parts.manifest`, or says why not. Nothing runs yet. */
export async function becomeAgent<Step extends AgentStep, Outcome extends AgentStepOutcome, Context>(
  parts: AgentParts<Step, Outcome, Context>,
): Promise<{ kind: 'agent'; agent: Agent<Step, Outcome, Context> } | Unfit> {
  const { manifest, parent, id, signature } = parts;
  const mismatches = await parts.skills.unmet(manifest.skills);
  if (mismatches.length > 0) {
    const message = `"${manifest.name}" cannot run: ${mismatches.map((mismatch) => mismatch.message).join('; ')}`;
    return { kind: 'skills-unmet', mismatches, message };
  }
  const delegation = parent.delegate({
    id,
    signature,
    permission: manifest.permissions,
    budget: manifest.budget ?? {},
  });
  if (delegation.kind === 'refused') {
    return { kind: 'not-delegated', refusal: delegation, message: delegation.message };
  }
  const { task } = delegation;
  const mixins: Mixin[] = [];
  for (const { name, options = {} } of [{ name: 'governance' }, ...otherMixins(manifest)]) {
    const made = makeMixin(name, { manifest, task, options }, parts.mixins ?? {});
    if (made.kind !== 'mixin') return made;
    mixins.push(made.mixin);
  }
  return { kind: 'agent', agent: agentOf(parts, task, mixins) };
}

/** Governance comes first and once, whatever the manifest lists. */
function otherMixins({ mixins = [] }: Manifest): NonNullable<Manifest['mixins']> {
  return mixins.filter(({ name }) => name !== 'governance');
}

function makeMixin(
  name: string,
  context: Parameters<MixinFactory>[0],
  known: Readonly<Record<string, MixinFactory>>,
): { kind: 'mixin'; mixin: Mixin } | Unfit {
  const all: Readonly<Record<string, MixinFactory>> = { ...known, governance };
  const factory = Object.hasOwn(all, name) ? all[name] : undefined;
  if (factory === undefined) {
    const nearest = nearestWord(name, Object.keys(all));
    const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    const message = `expected a known mixin (${Object.keys(all).sort().join(', ')}), found "${name}"${hint}`;
    return { kind: 'mixin-unknown', mixin: name, message };
  }
  const made = factory(context);
  return made.kind === 'mixin' ? made : { kind: 'mixin-options', mixin: name, message: made.message };
}

function agentOf<Step extends AgentStep, Outcome extends AgentStepOutcome, Context>(
  { manifest, runTask }: AgentParts<Step, Outcome, Context>,
  task: Task,
  mixins: readonly Mixin[],
): Agent<Step, Outcome, Context> {
  return {
    manifest,
    task,
    flow: manifest.flow,
    systemPrompt: () => {
      const parts = mixins.flatMap((mixin) => mixin.systemPrompt?.() ?? []);
      return [`You are a ${manifest.role}. ${manifest.description}`, ...parts].join('\n\n');
    },
    tools: () => [...new Set([...(manifest.tools ?? []), ...mixins.flatMap((mixin) => mixin.tools?.() ?? [])])],
    runStep: async (step, context) => {
      const refusal = await firstRefusal(mixins, step);
      const outcome = refusal ?? (await runTask(step, context, task));
      for (const mixin of mixins.toReversed()) await mixin.afterStep?.(step, outcome);
      return outcome;
    },
    snapshot: () => {
      const states = mixins.map((mixin): [string, JsonValue | undefined] => [mixin.name, mixin.snapshot?.()]);
      return Object.fromEntries(states.filter(([, state]) => state !== undefined));
    },
    restore: (state) => {
      for (const mixin of mixins) {
        const own = Object.hasOwn(state, mixin.name) ? state[mixin.name] : undefined;
        if (own !== undefined) mixin.restore?.(own);
      }
    },
  };
}

async function firstRefusal(mixins: readonly Mixin[], step: AgentStep): Promise<StepRefused | undefined> {
  for (const mixin of mixins) {
    const verdict = await mixin.beforeStep?.(step);
    if (verdict?.kind !== 'refuse') continue;
    return { kind: 'failed', code: verdict.code, message: verdict.message, retryable: false };
  }
  return undefined;
}
