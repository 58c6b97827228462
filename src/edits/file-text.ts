/** How a line of a file ends. */
export type LineEnding = '\n' | '\r\n';

/** A file's bytes as text, with everything kept that is needed to write it back byte for byte. */
export interface FileText {
  /** Whether a UTF-8 byte order mark comes first; it is not part of {@link FileText.text}. */
  bom: boolean;
  /** Whether all bytes are UTF-8. Otherwise each byte 0xNN that is not stands as the lone surrogate U+DCNN (PEP 383). */
  utf8: boolean;
  /** The text with `\n` line endings. */
  text: string;
  /** The file's own ending of each line; one fewer than {@link FileText.lines}. */
  endings: readonly LineEnding[];
  /** Whether any line ends with `\r\n`. */
  crlf: boolean;
  /** `text` at its line endings; the last is empty when the file ends with one. */
  lines: readonly string[];
  /** Where each line begins in `text`. */
  starts: readonly number[];
}

/** Reads bytes as text. */
export function readFileText(bytes: Uint8Array): FileText {
  const decoded = decode(bytes);
  const bom = decoded.text.startsWith('\uFEFF');
  const raw = bom ? decoded.text.slice(1) : decoded.text;
  const endings: LineEnding[] = [];
  const lines: string[] = [];
  const starts: number[] = [];
  let [from, start] = [0, 0];
  for (let end = raw.indexOf('\n'); end >= 0; end = raw.indexOf('\n', from)) {
    const crlf = end > from && raw[end - 1] === '\r';
    const line = raw.slice(from, crlf ? end - 1 : end);
    lines.push(line);
    endings.push(crlf ? '\r\n' : '\n');
    starts.push(start);
    start += line.length + 1;
    from = end + 1;
  }
  lines.push(raw.slice(from));
  starts.push(start);
  return { bom, utf8: decoded.utf8, text: lines.join('\n'), endings, crlf: endings.includes('\r\n'), lines, starts };
}

/** Text as an edit gives it: no byte order mark, `\n` line endings. */
export function plainText(text: string): string {
  return (text.startsWith('\uFEFF') ? text.slice(1) : text).replaceAll('\r\n', '\n');
}

/** The 0-based line that holds `offset` of `file.text`. */
export function lineAt(file: FileText, offset: number): number {
  let [low, high] = [0, file.starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((file.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Whether git would call the bytes binary: a NUL among the first 8000. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

/** Text as {@link readFileText} gives it, back to its bytes. */
export function encode(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Uint8Array[] = [];
  let plain = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0xdc80 || code > 0xdcff) {
      plain += character;
      continue;
    }
    parts.push(Buffer.from(plain, 'utf8'), Uint8Array.of(code - 0xdc00));
    plain = '';
  }
  return Buffer.concat([...parts, Buffer.from(plain, 'utf8')]);
}

function decode(bytes: Uint8Array): { text: string; utf8: boolean } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), utf8: true };
  } catch {
    return { text: decodeEscaped(bytes), utf8: false };
  }
}

function decodeEscaped(bytes: Uint8Array): string {
  const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    let end = at;
    while (end < bytes.length && (bytes[end] ?? 0) < 0x80) end += 1;
    if (end > at) parts.push(fatal.decode(bytes.subarray(at, end)));
    if (end === bytes.length) break;
    const length = sequenceLength(bytes[end] ?? 0);
    const whole =
      length > 1 && end + length <= bytes.length ? tryDecode(fatal, bytes.subarray(end, end + length)) : undefined;
    parts.push(whole ?? String.fromCharCode(0xdc00 + (bytes[end] ?? 0)));
    at = end + (whole === undefined ? 1 : length);
  }
  return parts.join('');
}

function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 1;
}

function tryDecode(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
