export function formatMoney(cents: number): string {
  return `${(cents / 100).toFixed(2)} EUR`;
}

export function parseMoney(text: string): number {
  return Math.round(Number.parseFloat(text) * 100);
}
