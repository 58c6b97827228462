import type { CatalogueEntry } from '../agent/index.ts';
import type { WorkflowDefinition } from '../factory/index.ts';
import { describeProblem, nearestWord } from '../kernel/index.ts';
import { manifestFlow } from './manifest-flow.ts';
import { type RankedEntry, rank } from './rank.ts';

/** The least score of a match. Below it the text probably asks for something that no manifest does. */
export const MATCH_THRESHOLD = 0.65;

/** One manifest that could be meant, as a person is told. */
export interface Offer {
  name: string;
  description: string;
  /** A phrase that is understood. */
  example: string;
  /** 0 to 1. */
  score: number;
}

/** What a task's text leads to. */
export type Plan =
  | {
      kind: 'planned';
      entry: CatalogueEntry;
      definition: WorkflowDefinition;
      /** Whether the text was the manifest's name or matched its intents. */
      how: 'name' | 'match';
      /** 0 to 1; 1 for a name. */
      score: number;
      /** Words of the text that the manifest knows nothing of: tell the person that they are not acted on. */
      ignored: readonly string[];
    }
  | {
      kind: 'no-match';
      /** What can be done without a model, the nearest first. */
      offers: readonly Offer[];
      /** Says all of it, with `modelHint`. */
      message: string;
    }
  | { kind: 'broken-flow'; entry: CatalogueEntry; message: string };

/** What {@link planTask} may use. */
export interface PlanSurroundings {
  entries: readonly CatalogueEntry[];
  /** Names of the skills at hand. Absent: manifests are not checked against them. */
  skills?: readonly string[];
  /** How a person configures a model, as the interface offers it. Default: that none is configured. */
  modelHint?: string;
}

/**
 * Finds the manifest that does what `text` asks for: by its exact name, else the best match of the text against the
 * manifests' intents and descriptions. The same text and catalogue always give the same plan.
 */
export async function planTask(text: string, { entries, skills, modelHint }: PlanSurroundings): Promise<Plan> {
  const named = entries.find(({ manifest }) => manifest.name === text.trim());
  if (named !== undefined) return withFlow({ entry: named, score: 1, ignored: [] }, 'name', skills);
  const ranked = rank(text, entries);
  const [best] = ranked;
  if (best !== undefined && best.score >= MATCH_THRESHOLD) return withFlow(best, 'match', skills);
  return noMatch(text, ranked, modelHint ?? 'Other tasks need a language model, and none is configured.');
}

function withFlow(
  { entry, score, ignored }: RankedEntry,
  how: 'name' | 'match',
  skills: readonly string[] | undefined,
): Plan {
  const { manifest, origin } = entry;
  const flow = manifestFlow(manifest, skills);
  if (flow.kind === 'workflow') return { kind: 'planned', entry, definition: flow.definition, how, score, ignored };
  const where = origin.kind === 'builtin' ? `the built-in manifest "${manifest.name}"` : origin.path;
  const message = `${where} cannot run: ${flow.problems.map(describeProblem).join('; ')}`;
  return { kind: 'broken-flow', entry, message };
}

function noMatch(text: string, ranked: readonly RankedEntry[], modelHint: string): Plan {
  const offers = ranked.map(({ entry: { manifest }, score, intent }) => {
    return {
      name: manifest.name,
      description: manifest.description,
      example: intent ?? manifest.intents[0] ?? manifest.name,
      score,
    };
  });
  const asked = text.trim() === '' ? 'an empty task' : `"${shorten(text.trim())}"`;
  const nearest = nearestWord(
    text.trim(),
    offers.map(({ name }) => name),
  );
  const lines = [
    `expected a task that can be done without a model, found ${asked}.`,
    ...(nearest === undefined ? [] : [`Did you mean ${nearest}?`]),
    offers.length === 0 ? 'No agent is at hand.' : 'Without a model PyAgent can do:',
    ...offers.map(({ name, example }) => `  ${name}: "${example}"`),
    modelHint,
  ];
  return { kind: 'no-match', offers, message: lines.join('\n') };
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
