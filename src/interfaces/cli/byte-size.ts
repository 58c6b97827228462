import { usageError } from './usage-error.ts';

/** Decimal and binary units, as IEC 80000-13 names them. */
const UNITS: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Bytes of `500MB`, `1.5GB`, `2GiB`; `undefined` for `none`. Refuses anything else with code 2. */
export function parseSize(text: string, name: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'none') return undefined;
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?b)$/.exec(trimmed) ?? [];
  const bytes = Math.round(Number(amount) * (UNITS[unit] ?? Number.NaN));
  if (Number.isSafeInteger(bytes)) return bytes;
  const advice = /^\d+(\.\d+)?$/.test(trimmed) ? `Add a unit: ${trimmed}MB.` : 'Write 500MB, 2GB, 1GiB or none.';
  throw usageError(`${name} expects a size, found "${text}". ${advice}`, { name, value: text });
}

/** `0 B`, `12.3 kB`, `2 GB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${Number(value.toFixed(step === 0 ? 0 : 1))} ${units[step]}`;
}
