import type { CatalogueEntry, Manifest } from '../agent/index.ts';
import { editDistance } from '../kernel/index.ts';
import { FILLER, NEGATION, type Word, wordsOf } from './words.ts';

/** A manifest and how well a text matches it. */
export interface RankedEntry {
  entry: CatalogueEntry;
  /** 0: nothing in common; 1: the text says exactly what an intent says. */
  score: number;
  /** The intent that matches best; absent when none has a word in common. */
  intent?: string;
  /** Words of the text that the manifest knows nothing of, as written. */
  ignored: readonly string[];
}

/** A word that nobody knows weighs more than a known one: it most likely is the point of the request. */
const UNKNOWN_WEIGHT = 1.5;
/** An unknown word that says where to work. */
const UNKNOWN_PLACE_WEIGHT = 0.5;
/** A negated request is another request, whatever else it says. */
const NEGATION_WEIGHT = 6;
/** Intents of which much is not said lose more than in proportion. */
const SAID_EXPONENT = 1.5;
/** What a word counts that is not in the intent at hand but elsewhere in the manifest's intents, or its description. */
const ELSEWHERE = 0.5;
const IN_DESCRIPTION = 0.25;
/** What a word counts that was taken for another because of a typing error. */
const MISTYPED = 0.9;

/**
 * Ranks `entries` by how well `text` asks for them, best first; equal scores in alphabetical order. The score is the
 * part of the text that the best intent explains, times (a power of) the part of that intent that is said. Both must be
 * large: an intent with much more to it was not asked for, and a text with much more to it asks for something else.
 */
export function rank(text: string, entries: readonly CatalogueEntry[]): RankedEntry[] {
  const profiles = entries.map((entry) => profileOf(entry));
  const vocabulary = new Set(profiles.flatMap(({ anywhere, description }) => [...anywhere, ...description]));
  const asked = askedWords(wordsOf(text), vocabulary);
  return profiles
    .map((profile) => ({ entry: profile.entry, ...bestIntent(asked, profile), ignored: ignoredBy(asked, profile) }))
    .sort((left, right) => right.score - left.score || compareNames(left.entry, right.entry));
}

interface Profile {
  entry: CatalogueEntry;
  intents: { text: string; words: Set<string> }[];
  /** The words of all intents. */
  anywhere: Set<string>;
  description: Set<string>;
}

interface Asked {
  weight: number;
  text: string;
  /** How much of the weight is earned by a match. */
  certainty: number;
}

function profileOf(entry: CatalogueEntry): Profile {
  const { name, role, intents, description }: Manifest = entry.manifest;
  const phrases = [...intents, name.replaceAll('-', ' '), role].map((text) => ({ text, words: concepts(text) }));
  return {
    entry,
    intents: phrases.filter(({ words }) => words.size > 0),
    anywhere: new Set(phrases.flatMap(({ words }) => [...words])),
    description: concepts(description),
  };
}

function concepts(text: string): Set<string> {
  return new Set(wordsOf(text).map(({ concept }) => concept));
}

/** The distinct words of a request with their weights; mistyped ones under the word that was meant. */
function askedWords(words: readonly Word[], vocabulary: ReadonlySet<string>): Map<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const { concept, place, text } of words) {
    const meant = vocabulary.has(concept) ? concept : (mistyped(concept, vocabulary) ?? mistyped(text, vocabulary));
    if (concept === NEGATION) {
      asked.set(concept, { weight: NEGATION_WEIGHT, certainty: 1, text });
    } else if (meant !== undefined) {
      const certainty = Math.max(meant === concept ? 1 : MISTYPED, asked.get(meant)?.certainty ?? 0);
      asked.set(meant, { weight: UNKNOWN_WEIGHT, certainty, text });
    } else {
      const unknown = place ? UNKNOWN_PLACE_WEIGHT : UNKNOWN_WEIGHT;
      asked.set(concept, { weight: unknown, certainty: 1, text });
    }
  }
  return asked;
}

/** The known word that differs by one typing error (two from eight letters on) and begins with the same letter. */
function mistyped(word: string, vocabulary: ReadonlySet<string>): string | undefined {
  if (word.length < 5 || FILLER.has(word)) return undefined;
  const allowed = word.length < 8 ? 1 : 2;
  return [...vocabulary]
    .filter((known) => known.length >= 5 && known[0] === word[0] && Math.abs(known.length - word.length) <= allowed)
    .sort()
    .find((known) => editDistance(word, known) <= allowed);
}

function bestIntent(asked: ReadonlyMap<string, Asked>, profile: Profile): { score: number; intent?: string } {
  let best: { score: number; intent?: string } = { score: 0 };
  for (const { text, words } of profile.intents) {
    const score = explained(asked, words, profile) * said(asked, words) ** SAID_EXPONENT;
    if (score > best.score) best = { score, intent: text };
  }
  return best;
}

/** The part of the request that the intent explains. */
function explained(asked: ReadonlyMap<string, Asked>, intent: ReadonlySet<string>, profile: Profile): number {
  let total = 0;
  let earned = 0;
  for (const [word, { weight, certainty }] of asked) {
    const share = shareOf(word, intent, profile);
    // A filler that this manifest does not use says nothing against it.
    if (share === 0 && FILLER.has(word)) continue;
    total += profile.anywhere.has(word) ? 1 : weight;
    earned += share * certainty;
  }
  return total === 0 ? 0 : earned / total;
}

function shareOf(word: string, intent: ReadonlySet<string>, { anywhere, description }: Profile): number {
  if (intent.has(word)) return 1;
  if (anywhere.has(word)) return ELSEWHERE;
  return description.has(word) ? IN_DESCRIPTION : 0;
}

/** The part of the intent that the request says. */
function said(asked: ReadonlyMap<string, Asked>, intent: ReadonlySet<string>): number {
  let earned = 0;
  for (const word of intent) earned += asked.get(word)?.certainty ?? 0;
  return earned / intent.size;
}

function ignoredBy(asked: ReadonlyMap<string, Asked>, { anywhere, description }: Profile): string[] {
  const unknown = [...asked].filter(([word]) => !anywhere.has(word) && !description.has(word) && !FILLER.has(word));
  return unknown.map(([, { text }]) => text);
}

function compareNames(left: CatalogueEntry, right: CatalogueEntry): number {
  return left.manifest.name < right.manifest.name ? -1 : 1;
}
