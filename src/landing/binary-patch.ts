import { deflateSync } from 'node:zlib';

// The alphabet of git's base85.c, which is that of RFC 1924.
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
/** Bytes per line, as git writes them. */
const LINE = 52;

/**
 * The body of a `GIT binary patch`: both contents whole (`literal`), so that it can be applied in both directions.
 * The format is that of git's `diff.c` (`emit_binary_diff_body`): deflated, base 85, each line led by its length.
 */
export function binaryPatch(before: Uint8Array, after: Uint8Array): string {
  return `GIT binary patch\n${literal(after)}${literal(before)}`;
}

function literal(bytes: Uint8Array): string {
  const packed = deflateSync(bytes);
  const lines: string[] = [];
  for (let start = 0; start < packed.length; start += LINE) {
    const chunk = packed.subarray(start, start + LINE);
    lines.push(lengthLetter(chunk.length) + base85(chunk));
  }
  return `literal ${bytes.length}\n${lines.join('\n')}\n\n`;
}

/** `A` to `Z` for 1 to 26 bytes, `a` to `z` for 27 to 52. */
const lengthLetter = (length: number) => String.fromCharCode(length <= 26 ? 0x40 + length : 0x60 + length - 26);

function base85(chunk: Buffer): string {
  let text = '';
  for (let at = 0; at < chunk.length; at += 4) {
    const group = Buffer.alloc(4);
    chunk.copy(group, 0, at, at + 4);
    let value = group.readUInt32BE();
    let letters = '';
    for (let digit = 0; digit < 5; digit += 1) {
      letters = ALPHABET.charAt(value % 85) + letters;
      value = Math.floor(value / 85);
    }
    text += letters;
  }
  return text;
}
