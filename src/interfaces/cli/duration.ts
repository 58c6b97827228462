import { usageError } from './usage-error.ts';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
// Node's timers hold 31 bits of milliseconds; a longer one would fire at once.
const LONGEST = 2 ** 31 - 1;

/** Milliseconds of `500ms`, `30s`, `5m`, `1h30m`; `undefined` for `none`. Refuses anything else with code 2. */
export function parseDuration(text: string, name: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'none') return undefined;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(trimmed)) {
    const advice = /^\d+(\.\d+)?$/.test(trimmed)
      ? `Add a unit: ${trimmed}s or ${trimmed}m.`
      : 'Write 30s, 5m, 1h30m or none.';
    throw usageError(`${name} expects a duration, found "${text}". ${advice}`, { name, value: text });
  }
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  const milliseconds = Math.round(total);
  if (milliseconds < 1 || milliseconds > LONGEST) {
    throw usageError(`${name} expects between 1ms and 596h, found "${text}".`, { name, value: text });
  }
  return milliseconds;
}

/** `340 ms`, `4.2 s`, `3 min 05 s`, `1 h 02 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const pad = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} min`;
}
