/** What the beginning of a TLS connection says about the server it wants. */
export type ServerName = { kind: 'name'; name: string } | { kind: 'none' } | { kind: 'more' } | { kind: 'not-tls' };

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
/** A ClientHello is never longer here: with the largest keys of today it is about 2 KB. */
const LONGEST = 16 * 1024;

/** The server name of a ClientHello (RFC 8446, 4.1.2; RFC 6066, 3) that may still be incomplete. */
export function serverName(bytes: Uint8Array): ServerName {
  const hello = handshake(bytes);
  if (!(hello instanceof Uint8Array)) return hello;
  const view = new DataView(hello.buffer, hello.byteOffset, hello.byteLength);
  try {
    let at = 4 + 2 + 32;
    at += 1 + view.getUint8(at);
    at += 2 + view.getUint16(at);
    at += 1 + view.getUint8(at);
    if (at >= hello.length) return { kind: 'none' };
    const end = at + 2 + view.getUint16(at);
    for (at += 2; at + 4 <= end; at += 4 + view.getUint16(at + 2)) {
      if (view.getUint16(at) !== SERVER_NAME) continue;
      const length = view.getUint16(at + 7);
      const name = Buffer.from(hello.subarray(at + 9, at + 9 + length)).toString('latin1');
      return name.length === length && view.getUint8(at + 6) === 0
        ? { kind: 'name', name: name.toLowerCase() }
        : { kind: 'not-tls' };
    }
    return { kind: 'none' };
  } catch {
    return { kind: 'not-tls' };
  }
}

/** The ClientHello, put together from the records it came in. */
function handshake(bytes: Uint8Array): Uint8Array | ServerName {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let at = 0; ; ) {
    if (bytes.length - at < 5) return bytes.length > LONGEST ? { kind: 'not-tls' } : { kind: 'more' };
    if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== 3) return { kind: 'not-tls' };
    const size = ((bytes[at + 3] as number) << 8) | (bytes[at + 4] as number);
    if (size === 0 || size > LONGEST) return { kind: 'not-tls' };
    if (bytes.length < at + 5 + size) return bytes.length > LONGEST ? { kind: 'not-tls' } : { kind: 'more' };
    parts.push(bytes.subarray(at + 5, at + 5 + size));
    length += size;
    at += 5 + size;
    const whole = Buffer.concat(parts);
    if (whole[0] !== CLIENT_HELLO) return { kind: 'not-tls' };
    if (whole.length < 4) continue;
    const wanted = 4 + whole.readUIntBE(1, 3);
    if (wanted > LONGEST) return { kind: 'not-tls' };
    if (length >= wanted) return whole.subarray(0, wanted);
  }
}
