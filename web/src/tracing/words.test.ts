import { describe, expect, it } from 'vitest';
import { DETECTIONS } from '../../../src/tracing/detections/table.ts';
import {
  clockWords,
  cut,
  fullWords,
  lengthWords,
  partyWords,
  TECHNIQUES,
  techniqueUrl,
} from './words.ts';

describe('what traces show, in words', () => {
  it.each([
    ['test/shop/orders', 'orders', 'shop/orders'],
    ['external/api.example.org', 'external/api.example.org', 'external/api.example.org'],
    ['*', 'outside', 'outside'],
    ['odd', 'odd', 'odd'],
  ])('%s is called %s, and in full %s', (id, name, full) => {
    expect(partyWords(id)).toBe(name);
    expect(fullWords(id)).toBe(full);
  });

  it.each([
    ['short', 9, 'short'],
    ['exactly-nine', 9, 'exac…nine'],
    ['🚀🚀🚀🚀🚀', 3, '🚀…🚀'],
  ])('%s is cut to %d letters', (text, most, words) => {
    expect(cut(text, most)).toBe(words);
  });

  it.each([
    [0.123, '0.12 ms'],
    [999.4, '999 ms'],
    [1_250, '1.25 s'],
    [125_000, '2 min'],
    [Number.NaN, 'not known'],
  ])('%d milliseconds are %s', (milliseconds, words) => {
    expect(lengthWords(milliseconds)).toBe(words);
  });

  it('a time has its day where that is another one', () => {
    expect(clockWords('2026-01-02T03:04:05.678Z', '2026-01-02T00:00:00Z')).toBe('03:04:05 UTC');
    expect(clockWords('2026-01-02T03:04:05.678Z', '2026-01-01T00:00:00Z')).toBe(
      '2026-01-02 03:04:05 UTC',
    );
  });
});

describe('a technique of ATT&CK', () => {
  it.each([
    ['T1021', 'https://attack.mitre.org/techniques/T1021/'],
    ['T1562.006', 'https://attack.mitre.org/techniques/T1562/006/'],
    ['javascript:alert(1)', undefined],
    ['T1021/../x', undefined],
  ])('%s has the page %s', (technique, url) => {
    expect(techniqueUrl(technique)).toBe(url);
  });

  it.each(DETECTIONS.map(({ technique }) => technique))('%s has a name', (technique) => {
    expect(TECHNIQUES[technique]).toBeDefined();
  });
});
