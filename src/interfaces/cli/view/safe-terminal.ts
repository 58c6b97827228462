/**
 * Lets through what a program may do to a person's terminal: text, colours, and moving the cursor. Everything else of
 * ECMA-48 is left out: titles, clipboard and links (OSC), device strings (DCS, APC, PM, SOS), reports that the terminal
 * would type as an answer (DSR, DA), window operations, modes.
 */
export interface SafeTerminal {
  /** What of `text` may be printed. An unfinished sequence is kept for the next call. */
  push(text: string): string;
}

const ESCAPE = '\u001b';
/** Final bytes of harmless control sequences: cursor A-H and f, erase J and K, scroll S and T, colours m. */
const HARMLESS = /^[A-HJKSTfm]$/;

type State = 'text' | 'escape' | 'sequence' | 'string' | 'string-escape' | 'charset';

/** A {@link SafeTerminal}, for one stream. */
export function safeTerminal(): SafeTerminal {
  let state: State = 'text';
  let sequence = '';

  /** What one character adds to the output. */
  function step(character: string): string {
    switch (state) {
      case 'text':
        return inText(character);
      case 'escape':
        return afterEscape(character);
      case 'sequence':
        return inSequence(character);
      case 'charset':
        state = 'text';
        return '';
      case 'string':
        if (character === '\u0007' || character === '\u009c') state = 'text';
        else if (character === ESCAPE) state = 'string-escape';
        return '';
      case 'string-escape':
        state = character === '\\' ? 'text' : 'string';
        return '';
    }
  }

  function inText(character: string): string {
    if (character === ESCAPE) {
      state = 'escape';
      return '';
    }
    const code = character.charCodeAt(0);
    if (code === 0x9b) return begin();
    if (code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f)) {
      state = 'string';
      return '';
    }
    const plain = (code >= 0x20 && code < 0x7f) || code > 0x9f || character === '\n' || character === '\t';
    return plain || character === '\r' || character === '\b' ? character : '';
  }

  function afterEscape(character: string): string {
    if (character === '[') return begin();
    if (/^[P\]X^_]$/.test(character)) state = 'string';
    else if (/^[ #%()*+\-./]$/.test(character)) state = 'charset';
    else if (character !== ESCAPE) state = 'text';
    return '';
  }

  function begin(): string {
    state = 'sequence';
    sequence = '';
    return '';
  }

  function inSequence(character: string): string {
    if (character === ESCAPE) {
      state = 'escape';
      return '';
    }
    sequence += character;
    const ends = character >= '@' && character <= '~';
    if (!ends && sequence.length < 64) return '';
    state = 'text';
    return HARMLESS.test(character) && /^[0-9;:]*$/.test(sequence.slice(0, -1)) ? `${ESCAPE}[${sequence}` : '';
  }

  return { push: (text) => [...text].map(step).join('') };
}
