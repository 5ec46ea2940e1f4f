import { expect, it } from 'vitest';
import { serviceOf } from './service-of.ts';

const SERVICES = ['test/shop/orders', 'test/other/orders', 'test/shop/web'];

it.each([
  ['its id', 'test/shop/orders', 'test/shop/orders'],
  ['its name, where only one has it', ' web ', 'test/shop/web'],
  ['not by a name that several have', 'orders', 'orders'],
  ['not by what nobody is called', 'nobody', 'nobody'],
])('a service is meant by %s', (_, text, id) => {
  expect(serviceOf(text, SERVICES)).toBe(id);
});
