import type { RedactionKind } from './redaction-kind.ts';
import { type RedactionFinding, type Redactor, replaced } from './redactor.ts';

/** Texts that go out with tokens in them and come back in an answer. */
export interface RedactionSession {
  /** The text with a token in the place of each private one; the same one has the same token each time. */
  conceal(text: string): string;
  /** An answer with what its tokens stand for. Tokens of other sessions are left as they are. */
  restore(text: string): string;
  /** The same for an answer that comes in pieces. */
  restoreStream(): RestoreStream;
  /** What each token stands for; to be kept where only its owner can read it. */
  tokens(): Readonly<Record<string, string>>;
}

/** An answer that comes in pieces. */
export interface RestoreStream {
  push(piece: string): string;
  end(): string;
}

/** ASCII without blanks, so that a model copies it as one word. */
const TOKEN = /\[\[PII:[a-z-]+:[0-9]+\]\]/g;
/** Longer than any token that we make. */
const LONGEST = 64;

/** A {@link RedactionSession}. `known`: tokens of an earlier one. */
export function redactionSession(
  { find }: Pick<Redactor, 'find'>,
  known: Readonly<Record<string, string>> = {},
): RedactionSession {
  const byToken = new Map(Object.entries(known));
  const byText = new Map([...byToken].map(([token, text]) => [text, token]));
  let count = byToken.size;
  const tokenFor = (text: string, kind: RedactionKind | 'text'): string => {
    const existing = byText.get(text);
    if (existing !== undefined) return existing;
    count += 1;
    const token = `[[PII:${kind}:${count}]]`;
    byText.set(text, token);
    byToken.set(token, text);
    return token;
  };
  const restore = (text: string) => text.replace(TOKEN, (token) => byToken.get(token) ?? token);
  return {
    conceal: (text) => {
      // What looks like a token already is concealed too, or restoring would take it for one.
      const plain = text.split(TOKEN);
      const tokens = text.match(TOKEN) ?? [];
      return plain
        .map((part, index) => concealed(part, find, tokenFor) + (tokens[index] ? tokenFor(tokens[index], 'text') : ''))
        .join('');
    },
    restore,
    restoreStream: () => {
      let held = '';
      return {
        push: (piece) => {
          const text = held + piece;
          const open = text.lastIndexOf('[[', text.length);
          const last = text.endsWith('[') && !text.endsWith('[[') ? text.length - 1 : open;
          const unfinished = last !== -1 && text.indexOf(']]', last) === -1 && text.length - last < LONGEST;
          held = unfinished ? text.slice(last) : '';
          return restore(unfinished ? text.slice(0, last) : text);
        },
        end: () => {
          const rest = restore(held);
          held = '';
          return rest;
        },
      };
    },
    tokens: () => Object.fromEntries(byToken),
  };
}

function concealed(
  text: string,
  find: Redactor['find'],
  tokenFor: (text: string, kind: RedactionKind) => string,
): string {
  const bytes = Buffer.from(text);
  const findings = find(bytes);
  if (findings.length === 0) return text;
  const token = ({ start, end, kind }: RedactionFinding) => tokenFor(bytes.toString('utf8', start, end), kind);
  return Buffer.from(replaced(bytes, findings, token)).toString();
}
