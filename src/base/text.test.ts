import { expect, test } from 'vitest';
import { grouped } from './text.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [123_456, '123,456'],
  [1_234_567, '1,234,567'],
  [-999, '-999'],
  [-1_000, '-1,000'],
])('%d is written %s', (count, text) => {
  expect(grouped(count)).toBe(text);
});
