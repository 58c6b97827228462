/**
 * For each line whether it begins inside a string that spans lines, where blanks are content. `undefined` when that
 * cannot be told: the language is unknown and the text has something that may be such a string, or the text ends inside
 * one. `path` tells the language.
 */
export function literalLines(path: string, text: string): boolean[] | undefined {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const language = LANGUAGES[extension];
  if (language !== undefined) return new Scanner(text, language).scan();
  const suspicious = MULTI_LINE.test(text) || text.split('\n').some(hasOpenQuote);
  return suspicious ? undefined : text.split('\n').map(() => false);
}

interface Language {
  lineComment?: string;
  blockComment?: boolean;
  triple?: boolean;
  template?: boolean;
  regex?: boolean;
}

const PYTHON: Language = { lineComment: '#', triple: true };
const SCRIPT: Language = { lineComment: '//', blockComment: true, template: true, regex: true };
const LANGUAGES: Readonly<Record<string, Language>> = {
  ...Object.fromEntries(['py', 'pyi'].map((extension) => [extension, PYTHON])),
  ...Object.fromEntries(['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx'].map((extension) => [extension, SCRIPT])),
  json: { lineComment: '//', blockComment: true },
  css: { blockComment: true },
};

/** Triple quotes, backticks, here-documents, raw strings: what may span lines in languages that are not read here. */
const MULTI_LINE = /"""|'''|`|<<[-~]?\s*['"]?[A-Za-z_]|\br#*"|@"|\[=*\[|R"\w*\(|\\\n/;

function hasOpenQuote(line: string): boolean {
  return (line.replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
}

/** After these a slash begins a regular expression; after a name, a number or a closing bracket it divides. */
const BEFORE_REGEX =
  /(^|[(,=:[!&|?{};+\-*%<>~^]|\b(return|typeof|case|in|of|delete|void|throw|new|instanceof|do|else|yield|await))$/;

class Scanner {
  readonly #text: string;
  readonly #language: Language;
  readonly #flags: boolean[] = [false];
  /** Depth of braces in each `${…}` of a template that is open, outermost first. */
  readonly #braces: number[] = [];
  #at = 0;

  constructor(text: string, language: Language) {
    this.#text = text;
    this.#language = language;
  }

  scan(): boolean[] | undefined {
    while (this.#at < this.#text.length) {
      if (!this.#code()) return undefined;
    }
    return this.#braces.length === 0 ? this.#flags : undefined;
  }

  /** One step through code; false when a literal does not end. */
  #code(): boolean {
    const { lineComment, blockComment, triple, template, regex } = this.#language;
    const character = this.#text[this.#at] ?? '';
    if (lineComment !== undefined && this.#sees(lineComment)) return this.#skipTo(this.#find('\n', this.#at));
    if (blockComment && this.#sees('/*')) return this.#skipTo(this.#find('*/', this.#at + 2) + 2);
    if (triple && (this.#sees('"""') || this.#sees("'''")))
      return this.#triple(this.#text.slice(this.#at, this.#at + 3));
    if (template && character === '`') return this.#template();
    if (character === '"' || character === "'") return this.#string(character);
    if (regex && character === '/' && this.#regexMayBegin()) return this.#regex();
    const depth = this.#braces.length - 1;
    if (depth >= 0 && character === '{') this.#braces[depth] = (this.#braces[depth] ?? 0) + 1;
    if (depth >= 0 && character === '}') {
      if (this.#braces[depth] === 0) {
        this.#braces.pop();
        return this.#template();
      }
      this.#braces[depth] = (this.#braces[depth] ?? 0) - 1;
    }
    this.#step(this.#braces.length > 0);
    return true;
  }

  #sees(word: string): boolean {
    return this.#text.startsWith(word, this.#at);
  }

  #find(word: string, from: number): number {
    const found = this.#text.indexOf(word, from);
    return found < 0 ? this.#text.length : found;
  }

  #step(inside: boolean): void {
    if (this.#text[this.#at] === '\n') this.#flags.push(inside);
    this.#at += 1;
  }

  #skipTo(end: number): boolean {
    const stop = Math.min(end, this.#text.length);
    while (this.#at < stop) this.#step(this.#braces.length > 0);
    return true;
  }

  #triple(quote: string): boolean {
    for (let count = 0; count < 3; count += 1) this.#step(false);
    while (this.#at < this.#text.length) {
      if (this.#sees(quote)) {
        this.#at += 3;
        return true;
      }
      if (this.#text[this.#at] === '\\') this.#step(true);
      this.#step(true);
    }
    return false;
  }

  /** From a backtick, or from the brace that ends a `${…}`, to the next of its kind. */
  #template(): boolean {
    this.#step(true);
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === '`') {
        this.#at += 1;
        return true;
      }
      if (this.#sees('${')) {
        this.#at += 2;
        this.#braces.push(0);
        return true;
      }
      if (this.#text[this.#at] === '\\') this.#step(true);
      this.#step(true);
    }
    return false;
  }

  /** A string ends with its quote or, where it was none, with its line. */
  #string(quote: string): boolean {
    this.#step(false);
    while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') {
      const character = this.#text[this.#at];
      if (character === '\\') this.#step(true);
      this.#step(true);
      if (character === quote) return true;
    }
    return true;
  }

  #regexMayBegin(): boolean {
    return BEFORE_REGEX.test(this.#text.slice(Math.max(0, this.#at - 40), this.#at).trimEnd());
  }

  #regex(): boolean {
    let inClass = false;
    this.#step(false);
    while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') {
      const character = this.#text[this.#at];
      if (character === '\\' && this.#text[this.#at + 1] !== '\n') this.#at += 1;
      else if (character === '[') inClass = true;
      else if (character === ']') inClass = false;
      this.#at += 1;
      if (character === '/' && !inClass) return true;
    }
    return true;
  }
}
