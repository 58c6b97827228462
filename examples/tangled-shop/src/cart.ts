import { findProduct } from './catalog.ts';
import { discountFor } from './customer.ts';
import { EventEmitter } from 'node:events';
import { formatMoney } from './pricing/money.ts';

export interface CartLine {
  sku: string;
  quantity: number;
}

export interface Cart {
  customer: string;
  lines: CartLine[];
}

export function emptyCart(customer: string): Cart {
  return { customer, lines: [] };
}

export function addToCart(cart: Cart, sku: string, quantity = 1): Cart {
  if (!findProduct(sku)) throw new Error(`there is no product "${sku}"`);
  return { ...cart, lines: [...cart.lines, { sku, quantity }] };
}

/** The price of a cart in cents, after the customer's discount. */
export function total(cart: Cart): number {
  const sum = cart.lines.reduce((cents, line) => cents + (findProduct(line.sku)?.cents ?? 0) * line.quantity, 0);
  return Math.round(sum * (1 - discountFor(cart.customer)));
}
