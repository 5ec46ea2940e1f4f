import { expect, it } from 'vitest';
import { matchesOf } from './matches.ts';

const IDS = ['test/shop/preorders', 'test/shop/orders', 'test/pay/orders-api', 'test/orders/web'];
const ORDER = [3, 2, 1, 0];

it.each([
  ['everybody, where nothing is looked for', ' ', [3, 2, 1, 0]],
  ['by the name, then what begins so, then what has it anywhere', 'orders', [1, 2, 3, 0]],
  ['by namespace and name', 'Shop/Orders', [1]],
  ['by the id', 'test/orders/web', [3]],
  ['nobody', 'nobody', []],
])('services are found: %s', (_, text, places) => {
  expect(matchesOf(text, IDS, ORDER)).toEqual(places);
});
