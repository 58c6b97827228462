import { ordersOf } from './order.ts';
import { clamp } from './pricing/clamp.ts';

/** A tenth off from the third order on. */
export function discountFor(customer: string): number {
  return ordersOf(customer).length >= 2 ? 0.1 : 0;
}
