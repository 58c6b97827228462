import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addToCart, emptyCart, placeOrder, total } from '../src/index.ts';

test('a cart adds up', () => {
  assert.equal(total(addToCart(addToCart(emptyCart('ada'), 'tea-green', 2), 'pot')), 6240);
});

test('a product that does not exist is refused', () => {
  assert.throws(() => addToCart(emptyCart('ada'), 'unicorn'), /no product/);
});

test('the third order is a tenth cheaper', () => {
  const cart = addToCart(emptyCart('grace'), 'tea-black');
  assert.equal(placeOrder(cart).cents, 380);
  assert.equal(placeOrder(cart).cents, 380);
  assert.equal(placeOrder(cart).cents, 342);
});
