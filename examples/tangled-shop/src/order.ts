import { createHash, randomUUID } from 'node:crypto';
import type { Cart } from './cart.ts';
import { total } from './cart.ts';
import { formatMoney } from './pricing/money.ts';
import * as taxes from './pricing/tax.ts';

export interface Order {
  id: string;
  customer: string;
  cents: number;
  text: string;
}

const placed: Order[] = [];

export function placeOrder(cart: Cart): Order {
  const cents = total(cart);
  const id = createHash('sha256').update(JSON.stringify(cart)).digest('hex').slice(0, 8);
  const order = { id, customer: cart.customer, cents, text: `${cart.lines.length} lines, ${formatMoney(cents)}` };
  placed.push(order);
  return order;
}

export function ordersOf(customer: string): readonly Order[] {
  return placed.filter((order) => order.customer === customer);
}
