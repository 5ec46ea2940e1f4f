import { describe, expect, it } from 'vitest';
import { ago, nameOf, toPlace } from './names.ts';

describe('what the console writes', () => {
  it('names a service by the last part of its id', () => {
    expect(nameOf('demo/shop/orders')).toBe('orders');
    expect(nameOf('odd')).toBe('odd');
  });

  it.each([
    [10, 'a moment ago'],
    [60, '1 minute ago'],
    [170, '3 minutes ago'],
    [3_600, '1 hour ago'],
    [200_000, '2 days ago'],
  ])('says %i seconds as %s', (seconds, words) => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(ago(new Date(now - seconds * 1_000).toISOString(), now)).toBe(words);
  });

  it('writes a place with what is known of it', () => {
    expect(toPlace({ file: 'a.yaml', line: 3, column: 7 })).toBe('a.yaml:3:7');
    expect(toPlace({ file: 'a.yaml' })).toBe('a.yaml');
  });
});
