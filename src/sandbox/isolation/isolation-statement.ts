import type { ActiveLayer } from './sandbox-spec.ts';

/** What commands were kept apart by, in one sentence for a report. */
export function isolationStatement(layers: readonly ActiveLayer[] | undefined): string {
  if (layers === undefined) return 'ran unisolated';
  const names = layers.filter(({ active }) => active).map(({ name }) => name);
  const missing = layers.filter(({ active }) => !active).map(({ name, detail }) => `${name} (${detail})`);
  const without = missing.length === 0 ? '' : `; without ${missing.join(', ')}`;
  return `isolated by ${names.join(', ')}${without}`;
}
