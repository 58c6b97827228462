import { type NativeRedactionFinding, native } from '../native/index.ts';
import type { RedactionKind } from './redaction-kind.ts';

/** What a {@link Redactor} looks for. */
export interface RedactorOptions {
  /** Rules in gitleaks' TOML format, added to ours. */
  rules?: string;
  /** Only these kinds. Default: all. */
  kinds?: readonly RedactionKind[];
  /** Texts that are not private, exactly as they are written. Default: none. */
  allow?: readonly string[];
}

/** Something private in a text. */
export interface RedactionFinding {
  kind: RedactionKind;
  /** The kind again, or the id of the rule that found it. */
  rule: string;
  /** In UTF-16 units of a string, in bytes of bytes. */
  start: number;
  /** Behind the last one. */
  end: number;
}

/** A text without what was private in it. */
export interface Redacted {
  text: string;
  findings: RedactionFinding[];
}

/** The same for bytes. What is not UTF-8 is kept as it is. */
export interface RedactedBytes {
  bytes: Uint8Array;
  findings: RedactionFinding[];
}

/** A text that comes in pieces; the result does not depend on how it was cut. */
export interface RedactionStream {
  /** The next piece; gives what can be let go by now. Up to 300 KB are kept back. */
  push(piece: Uint8Array): Uint8Array;
  /** The rest. */
  end(): Uint8Array;
  /** What was found since this was asked last, by bytes of the whole text. */
  findings(): RedactionFinding[];
}

/** Finds what is private, and takes it out. */
export interface Redactor {
  /** What is private in a text, in order, without overlaps; in bytes. */
  find(bytes: Uint8Array): RedactionFinding[];
  redact(text: string): Redacted;
  redactBytes(bytes: Uint8Array): RedactedBytes;
  /**
   * A value as JSON has it, with every string and key redacted; a key counts as the name of its value. A number that is
   * private becomes a string. Throws what `JSON.stringify` throws.
   */
  redactJson<T>(value: T): T;
  stream(): RedactionStream;
}

/** A {@link Redactor}. Its rules are compiled as they are needed. Fails with `redaction/rules-invalid`. */
export function redactor({ rules, kinds, allow = [] }: RedactorOptions = {}): Redactor {
  const scanner = native().redactionScanner({
    allow: [...allow],
    ...(rules === undefined ? {} : { rules }),
    ...(kinds === undefined ? {} : { kinds: [...kinds] }),
  });
  const find = (bytes: Uint8Array) => scanner.find(bytes) as RedactionFinding[];
  const redactBytes = (bytes: Uint8Array): RedactedBytes => {
    const findings = find(bytes);
    return { bytes: findings.length === 0 ? bytes : replaced(bytes, findings, replacementOf), findings };
  };
  const redact = (text: string): Redacted => {
    const bytes = Buffer.from(text);
    const findings = find(bytes);
    if (findings.length === 0) return { text, findings };
    // In ASCII bytes are UTF-16 units, and nothing has to be decoded.
    if (bytes.length === text.length) return { text: replacedText(text, findings), findings };
    const result = Buffer.from(replaced(bytes, findings, replacementOf)).toString();
    return { text: result, findings: inUnits(bytes, findings) };
  };
  return {
    find,
    redactBytes,
    redact,
    redactJson: (value) => {
      const text = JSON.stringify(value);
      if (text === undefined) return value;
      const bytes = Buffer.from(text);
      const findings = find(bytes);
      if (findings.length === 0) return value;
      return parsed(bytes, findings, value, redact) as typeof value;
    },
    stream: () => {
      const stream = scanner.stream();
      const findings = () => stream.findings() as NativeRedactionFinding[] as RedactionFinding[];
      return { push: (piece) => stream.push(piece), end: () => stream.end(), findings };
    },
  };
}

const replacementOf = ({ kind }: RedactionFinding) => `[REDACTED:${kind}]`;

/** The bytes with each finding replaced. */
export function replaced(
  bytes: Uint8Array,
  findings: readonly RedactionFinding[],
  replacement: (finding: RedactionFinding) => string,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let done = 0;
  for (const finding of findings) {
    parts.push(bytes.subarray(done, finding.start), Buffer.from(replacement(finding)));
    done = finding.end;
  }
  parts.push(bytes.subarray(done));
  return Buffer.concat(parts);
}

function replacedText(text: string, findings: readonly RedactionFinding[]): string {
  let result = '';
  let done = 0;
  for (const finding of findings) {
    result += text.slice(done, finding.start) + replacementOf(finding);
    done = finding.end;
  }
  return result + text.slice(done);
}

/** The same findings by UTF-16 units: each stretch between two of them is decoded once. */
function inUnits(bytes: Buffer, findings: readonly RedactionFinding[]): RedactionFinding[] {
  let [at, unit] = [0, 0];
  const advance = (to: number) => {
    unit += bytes.toString('utf8', at, to).length;
    at = to;
    return unit;
  };
  return findings.map((finding) => ({ ...finding, start: advance(finding.start), end: advance(finding.end) }));
}

function parsed(
  bytes: Buffer,
  findings: readonly RedactionFinding[],
  value: unknown,
  redact: (text: string) => Redacted,
): unknown {
  // Between quotes there are only characters of strings; what is found outside of them is a number.
  const quotes = quotePositions(bytes);
  let seen = 0;
  const text = replaced(bytes, findings, (finding) => {
    while (seen < quotes.length && (quotes[seen] as number) < finding.start) seen += 1;
    if (seen % 2 === 1) return replacementOf(finding);
    // Numbers have many meanings; only these have a check digit or a shape of their own.
    const sure = finding.kind === 'card' || finding.kind === 'ssn';
    return sure ? JSON.stringify(replacementOf(finding)) : bytes.toString('utf8', finding.start, finding.end);
  });
  try {
    return JSON.parse(Buffer.from(text).toString());
  } catch {
    // A finding across the border of a string: each string is looked at alone.
    return eachString(value);
  }

  function eachString(part: unknown): unknown {
    if (typeof part === 'string') return redact(part).text;
    if (Array.isArray(part)) return part.map(eachString);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [redact(key).text, eachString(inner)]));
  }
}

/** Where strings of a JSON text begin and end. */
function quotePositions(bytes: Buffer): number[] {
  const positions: number[] = [];
  for (let index = bytes.indexOf(0x22); index !== -1; index = bytes.indexOf(0x22, index + 1)) {
    let backslashes = 0;
    while (bytes[index - 1 - backslashes] === 0x5c) backslashes += 1;
    if (positions.length % 2 === 0 || backslashes % 2 === 0) positions.push(index);
  }
  return positions;
}
