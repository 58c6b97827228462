/**
 * From what a person asked to what will be done.
 *
 * {@link planTask} takes a task's text and the catalogue of manifests and finds the one that does it: by its name, else
 * by matching the text against the manifests' intents and descriptions. The match knows forms of words, common
 * synonyms in English and German and single typing errors; it is deterministic and uses no model.
 *
 * The planner would rather refuse than guess: a text that asks for more than a manifest does, or for something else,
 * is no match, and the answer then lists what can be done. It never starts anything and never widens a request.
 */
export { type FlowReading, manifestFlow } from './manifest-flow.ts';
export { MATCH_THRESHOLD, type Offer, type Plan, type PlanSurroundings, planTask } from './plan.ts';
export { type RankedEntry, rank } from './rank.ts';
