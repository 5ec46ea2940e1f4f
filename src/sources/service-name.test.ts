import { expect, it } from 'vitest';
import { isHostName, isServiceName } from './service-name.ts';

it.each([
  ['orders', true],
  ['payments.v1_eu-2', true],
  ['заказы', true],
  ['注文', true],
  ['x'.repeat(200), true],
  ['', false],
  ['x'.repeat(201), false],
  ['x'.repeat(1_000_000), false],
  ['two words', false],
  ['shop/orders', false],
  ['or\u0000ders', false],
  ['or\u200bders', false],
  ['or\u200dders', false],
  ['\ufefforders', false],
  ['pay\u202estnem', false],
  ['orders\u3164', false],
  ['orders\ufe0f', false],
  ['orders\ue000', false],
  ['orders\ud800', false],
  ['orders\u{e0041}', false],
])('%j names a service: %s', (text, isName) => {
  expect(isServiceName(text)).toBe(isName);
  if (text.length <= 200) expect(isHostName(text)).toBe(isName);
});

it('is as long as a host may be', () => {
  expect([255, 256].map((length) => isHostName('h'.repeat(length)))).toEqual([true, false]);
});
