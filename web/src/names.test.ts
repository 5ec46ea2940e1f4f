import { describe, expect, it } from 'vitest';
import { ago, ahead, counted, nameOf, span, toPlace } from './names.ts';

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

  it.each([
    [-60, '1 minute ago'],
    [0, 'a moment ago'],
    [10, 'in a moment'],
    [3_600, 'in 1 hour'],
    [200_000, 'in 2 days'],
  ])('says what is %i seconds ahead as %s', (seconds, words) => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(ahead(new Date(now + seconds * 1_000).toISOString(), now)).toBe(words);
  });

  it.each([
    [300, '5 min'],
    [3_600, '1 h'],
    [5_400, '90 min'],
    [604_800, '7 d'],
    [61, '61 s'],
  ])('says that %i seconds are %s', (seconds, words) => {
    expect(span(seconds)).toBe(words);
  });

  it('counts one thing, and several', () => {
    expect(counted(1, 'service')).toBe('1 service');
    expect(counted(1_200, 'service')).toBe('1,200 services');
    expect(counted(0, 'entry', 'entries')).toBe('0 entries');
  });

  it('writes a place with what is known of it', () => {
    expect(toPlace({ file: 'a.yaml', line: 3, column: 7 })).toBe('a.yaml:3:7');
    expect(toPlace({ file: 'a.yaml' })).toBe('a.yaml');
  });
});
