import { formatMoney } from './money.ts';

const RATE = 0.19;

export function tax(cents: number): number {
  return Math.round(cents * RATE);
}
