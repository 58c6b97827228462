/** What a word of a task or an intent counts as. */
export interface Word {
  /** As written, in lower case. */
  text: string;
  /** Words with one concept are the same word: `deps`, `dependency`, `Abhängigkeiten`. */
  concept: string;
  /** Set when the word says where, not what: it follows `in`, `under`, …. */
  place?: true;
}

/** Every word that turns a request into its opposite has this concept. */
export const NEGATION = 'not';

/** Words that stand for another in requests about code, English and German; keys and values are stems. */
const CONCEPTS = conceptMap({
  analyze: 'analyse analysis analysieren analysiere inspect examine untersuche untersuchen',
  cycle:
    'circular cyclic cyclical circularity zirkulär zirkuläre zirkulären zyklisch zyklische zyklischen zyklus zyklen',
  dead: 'tot toter toten totes unreachable unreferenced',
  dependency: 'dep package library abhängigkeit abhängigkeiten paket pakete bibliothek bibliotheken',
  duplicate: 'doppelt doppelte doppelten duplicated',
  export: 'exporte exporten',
  file: 'datei dateien',
  find: `audit check detect display identify list locate report search show which prüfe prüfen finde finden suche suchen
    zeige zeigen auflisten`,
  fix: 'repair correct korrigiere korrigieren repariere reparieren behebe beheben',
  import: 'importe importen importieren',
  merge: 'combine zusammenführen',
  [NEGATION]: 'dont doesnt no never without except nicht kein keine keinen ohne nie',
  missing: 'fehlend fehlende fehlenden absent',
  optimize: `optimise optimization optimisation optimizer optimieren optimiere clean cleanup tidy declutter organize
    organise aufräumen räume bereinige bereinigen säubern`,
  remove: 'removal rid delete drop eliminate erase prune strip entferne entfernen lösche löschen',
  unused: `unbenutzt unbenutzte unbenutzten ungenutzt ungenutzte ungenutzten überflüssig überflüssige überflüssigen
    superfluous unnecessary unneeded`,
});

/** They carry no request. `not` and its kin are not among them: a negated request is another request. */
const STOP_WORDS = new Set(
  `a about across all also an and any are as at be can could do each every from for get give have i is it its just kindly
  let lets make me my of on our out over please so some thank thanks that the their them then there these they this
  those to up us use want we with would you your alle aller alles auf bitte das dem den der des die diese dieses ein
  eine einen für ich im mein meine meinem meinen mir und uns unser unsere unserem von wir zu zum zur`.split(/\s+/),
);

const PLACE_WORDS = new Set('in inside into under within throughout innerhalb unter'.split(' '));

/** They name the thing that every task is about, so they neither help nor harm unless an intent uses them. */
export const FILLER = new Set(
  `app application code codebase everything file folder directory project repo repository source src tree typescript
  javascript python ts js py statement line monorepo workspace module projekt ordner quelltext`
    .split(/\s+/)
    .map((word) => conceptOf(word)),
);

/** What is not used is unused; without this the negation in it would count as one of the request. */
const NOT_USED =
  /(?:(?<!\p{L})(?:not|never|no longer|nicht mehr|nicht|nie)|n['’]?t) (?:being |longer |actually |really )?(?:used|needed|required|referenced|benutzte?[nrs]?|verwendete?[nrs]?|genutzte?[nrs]?|gebrauchte?[nrs]?)(?!\p{L})/gu;

/** A request is short; what comes after so many characters is no longer looked at. */
const MAX_LENGTH = 10_000;

/** The words of `text` that carry its request, in order. */
export function wordsOf(whole: string): Word[] {
  const text = whole.slice(0, MAX_LENGTH).normalize('NFKC').toLowerCase().replace(NOT_USED, ' unused');
  const words: Word[] = [];
  let place = false;
  for (const match of text
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/[^\s,;:!?()"“”„]+/gu)) {
    const chunk = match[0].replace(/[.'’`]+$/u, '');
    // A path says where; its names are no part of the request.
    if (chunk.includes('/')) continue;
    for (const raw of chunk.replace(/['’]/gu, '').match(/[\p{L}\p{N}]+/gu) ?? []) {
      if (PLACE_WORDS.has(raw)) place = true;
      else if (!STOP_WORDS.has(raw)) {
        words.push({ text: raw, concept: conceptOf(raw), ...(place ? { place: true } : {}) });
      }
    }
    // A new clause is about something again.
    if (/[.]$/.test(match[0]) || /[,;]/.test(text[match.index + match[0].length] ?? '')) place = false;
  }
  return words;
}

/** What `word` stands for: the concept of the word or of its stem, else its stem. */
function conceptOf(word: string): string {
  const base = stem(word);
  return CONCEPTS.get(word) ?? CONCEPTS.get(base) ?? base;
}

/** Cuts English endings so that forms of a word meet. Light on purpose: what is cut too much meets the wrong word. */
export function stem(word: string): string {
  if (word.length <= 3 || /(ss|us|is)$/.test(word)) return word;
  if (/ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(ches|shes|xes|sses)$/.test(word)) return word.slice(0, -2);
  const single = word.replace(/s$/, '');
  const root = /^(.{3,})(?:ing|ed)$/.exec(single)?.[1];
  if (root === undefined || !/[aeiouy]/.test(root)) return single.replace(/e$/, '');
  // stripping -> strip, but not calling -> cal.
  return /([bdgmnprt])\1$/.test(root) ? root.slice(0, -1) : root;
}

function conceptMap(table: Readonly<Record<string, string>>): Map<string, string> {
  const map = new Map<string, string>();
  for (const [concept, words] of Object.entries(table)) {
    for (const word of [concept, ...words.split(/\s+/)]) {
      map.set(word, concept);
      map.set(stem(word), concept);
    }
  }
  return map;
}
