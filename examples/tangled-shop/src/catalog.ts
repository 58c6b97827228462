import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ms from 'ms';
import type { Cart } from './cart.ts';
import type { Product } from './product.ts';

export const products: readonly Product[] = [
  { sku: 'tea-green', name: 'Green tea', cents: 420 },
  { sku: 'tea-black', name: 'Black tea', cents: 380 },
  { sku: 'pot', name: 'Cast-iron pot', cents: 5400 },
];

export function findProduct(sku: string): Product | undefined {
  return products.find((product) => product.sku === sku);
}

/** How many different products of the catalogue lie in a cart. */
export function variety(cart: Cart): number {
  return new Set(cart.lines.map((line) => line.sku)).size;
}
