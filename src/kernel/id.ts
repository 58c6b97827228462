import type { Clock } from './clock.ts';

/** Fills `bytes` with randomness; `crypto.getRandomValues` outside tests. */
export type RandomSource = (bytes: Uint8Array) => Uint8Array;

/** The kinds of thing that carry an id. */
export type IdPrefix = 'run' | 'task' | 'txn' | 'step';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes ids that sort by time: `run_01jz…`, a ULID (48 bits of time, 80 of randomness) in lower-case Crockford base 32. */
export function idFactory(clock: Clock, random: RandomSource): (prefix: IdPrefix) => string {
  let lastTime = -1;
  let entropy = new Uint8Array(10);
  return (prefix) => {
    const time = clock.now();
    if (time > lastTime) {
      lastTime = time;
      entropy = new Uint8Array(random(new Uint8Array(10)));
    } else {
      increment(entropy);
    }
    return `${prefix}_${encode(BigInt(lastTime), 10)}${encode(toBigInt(entropy), 16)}`;
  };
}

function increment(bytes: Uint8Array): void {
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    const next = (bytes[index] ?? 0) + 1;
    bytes[index] = next & 0xff;
    if (next <= 0xff) return;
  }
}

function toBigInt(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

function encode(value: bigint, length: number): string {
  let text = '';
  let rest = value;
  for (let index = 0; index < length; index += 1) {
    text = ALPHABET[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return text;
}
