import { usageError } from './usage-error.ts';

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of `12h`, `30d`, `2w3d`; `undefined` for `none`. Refuses anything else with code 2. */
export function parseAge(text: string, name: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'none') return undefined;
  if (!/^(\d+(m|h|d|w))+$/.test(trimmed)) {
    const advice = /^\d+$/.test(trimmed) ? `Add a unit: ${trimmed}d.` : 'Write 12h, 30d, 8w or none.';
    throw usageError(`${name} expects an age, found "${text}". ${advice}`, { name, value: text });
  }
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+)(m|h|d|w)/g))
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  if (!Number.isSafeInteger(total)) throw usageError(`${name} is longer than time is kept, found "${text}".`, { name });
  return total;
}

/** `90d`, `12h`, `45m`: the largest unit that fits without a rest. */
export function formatAge(milliseconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    const size = UNITS[unit] ?? 1;
    if (milliseconds >= size && milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  }
  return `${Math.round(milliseconds / 60_000)}m`;
}
