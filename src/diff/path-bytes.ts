/**
 * A path as the bytes that the system keeps. A byte that is not UTF-8 is in the string the lone surrogate U+DC00 plus
 * its value, as in PEP 383.
 */
export function bytesOfPath(path: string): Uint8Array {
  const parts = path.split(/([\uDC80-\uDCFF])/u);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.of(part.charCodeAt(0) - 0xdc00) : Buffer.from(part))),
  );
}

/** The inverse of {@link bytesOfPath}. */
export function pathOfBytes(bytes: Uint8Array): string {
  const whole = decoded(bytes);
  if (whole !== undefined) return whole;
  let path = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((size) => decoded(bytes.subarray(at, at + size)) !== undefined);
    path +=
      length === undefined
        ? String.fromCharCode(0xdc00 + (bytes[at] as number))
        : decoded(bytes.subarray(at, at + length));
    at += length ?? 1;
  }
  return path;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
