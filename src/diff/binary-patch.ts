import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** What a path holds, as far as a binary patch says it. */
interface Content {
  mode: number;
  bytes: Uint8Array;
}

/** What a repository names its objects by. */
export type ObjectFormat = 'sha1' | 'sha256';

/** Git's digits of base 85, as in RFC 1924 without what a patch could misread. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';

/** Bytes that one line of a binary patch holds. */
const LINE = 52;

/**
 * The content part of a patch for bytes that are not text: the `index` line and git's `GIT binary patch`, with the whole
 * new content and, for taking it back, the whole old one. The format is that of git's `diff.c` (`emit_binary_diff`).
 */
export function binaryPatch(before: Content | undefined, after: Content | undefined, format: ObjectFormat): string {
  const [old, now] = [before?.bytes, after?.bytes];
  const mode = before !== undefined && before.mode === after?.mode ? ` ${before.mode.toString(8)}` : '';
  return `index ${objectName(old, format)}..${objectName(now, format)}${mode}\nGIT binary patch\n${literal(now)}${literal(old)}`;
}

/** Git's name for the bytes as an object; zeros for none. */
function objectName(bytes: Uint8Array | undefined, format: ObjectFormat): string {
  if (bytes === undefined) return '0'.repeat(format === 'sha1' ? 40 : 64);
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function literal(bytes: Uint8Array = new Uint8Array()): string {
  const packed = deflateSync(bytes);
  let text = `literal ${bytes.length}\n`;
  for (let at = 0; at < packed.length; at += LINE) text += `${encodedLine(packed.subarray(at, at + LINE))}\n`;
  return `${text}\n`;
}

/** A letter for the number of bytes (A is 1, a is 27), then five digits for every four bytes. */
function encodedLine(bytes: Buffer): string {
  let line = String.fromCharCode(bytes.length <= 26 ? 64 + bytes.length : 96 + bytes.length - 26);
  for (let at = 0; at < bytes.length; at += 4) {
    const group = Buffer.alloc(4);
    bytes.copy(group, 0, at, at + 4);
    let value = group.readUInt32BE();
    let digits = '';
    for (let count = 0; count < 5; count += 1) {
      digits = DIGITS.charAt(value % 85) + digits;
      value = Math.floor(value / 85);
    }
    line += digits;
  }
  return line;
}
