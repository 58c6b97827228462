// The shop's public face.
export { addToCart, emptyCart, total } from './cart.ts';
export { findProduct, products } from './catalog.ts';
export { placeOrder } from './order.ts';
