import { describe, expect, it } from 'vitest';
import { Dictionary } from './dictionary.ts';
import { KeyWriter } from './key.ts';

const KEYS = [new KeyWriter(1), new KeyWriter(2)];

function keyOf(text: string, seed = 1): KeyWriter {
  const key = KEYS[seed - 1] ?? new KeyWriter(seed);
  const bytes = Buffer.from(text);
  key.start();
  key.range(bytes, 0, bytes.length);
  return key;
}

function added(dictionary: Dictionary<string>, text: string): number {
  const number = dictionary.add(keyOf(text), text);
  return number < 0 ? 0 : dictionary.idOf(number);
}

describe('a dictionary', () => {
  it('gives equal keys one number and different ones different numbers', () => {
    const dictionary = new Dictionary<string>({ maxKeys: 5_000, maxBytes: 1 << 20 });
    for (let index = 0; index < 5_000; index++) {
      expect(dictionary.add(keyOf(`key ${index}`), `entry ${index}`)).toBe(index);
    }
    for (let index = 0; index < 5_000; index++) {
      const number = dictionary.find(keyOf(`key ${index}`));
      expect(dictionary.at(number)).toBe(`entry ${index}`);
    }
    expect(dictionary.find(keyOf('key 5000'))).toBe(-1);
  });

  it('tells keys apart whose bytes begin alike', () => {
    const dictionary = new Dictionary<string>({ maxKeys: 10, maxBytes: 100 });
    added(dictionary, 'ab');
    expect(dictionary.find(keyOf('a'))).toBe(-1);
    expect(dictionary.find(keyOf('abc'))).toBe(-1);
    expect(dictionary.find(keyOf(''))).toBe(-1);
  });

  it.each([
    [
      'of one length',
      (index: number) => (Math.imul(index, 0x9e3779b1) >>> 0).toString(36).padStart(7, 'k'),
    ],
    ['of different lengths', (index: number) => `${'k'.repeat(index % 5)}${index}`],
  ])('tells keys apart whose hashes are equal, %s', (_what, textOf) => {
    const byHash = new Map<number, string>();
    let pairs = 0;
    for (let index = 0; index < 250_000; index++) {
      const text = textOf(index);
      const { hash } = keyOf(text);
      const other = byHash.get(hash);
      byHash.set(hash, text);
      if (other === undefined) continue;
      pairs++;
      const dictionary = new Dictionary<string>({ maxKeys: 2, maxBytes: 100 });
      added(dictionary, other);
      expect(dictionary.find(keyOf(text))).toBe(-1);
      added(dictionary, text);
      expect([other, text].map((one) => dictionary.at(dictionary.find(keyOf(one))))).toEqual([
        other,
        text,
      ]);
    }
    expect(pairs).toBeGreaterThan(0);
  });

  it.each([
    ['keys', { maxKeys: 2, maxBytes: 100 }],
    ['bytes', { maxKeys: 10, maxBytes: 5 }],
  ])('is full when it has all its %s', (_what, limits) => {
    const dictionary = new Dictionary<string>(limits);
    expect([added(dictionary, 'aa'), added(dictionary, 'bb')]).toEqual([1, 2]);
    expect(added(dictionary, 'cc')).toBe(0);
    expect(dictionary.size).toBe(2);
  });

  it('still knows by id what it held before it was renewed, and no longer after that', () => {
    const dictionary = new Dictionary<string>({ maxKeys: 2, maxBytes: 100 });
    const first = added(dictionary, 'a');
    dictionary.renew();
    expect(dictionary.find(keyOf('a'))).toBe(-1);
    const second = added(dictionary, 'b');
    expect([dictionary.entryOf(first), dictionary.entryOf(second)]).toEqual(['a', 'b']);
    dictionary.renew();
    const third = added(dictionary, 'c');
    expect([first, second, third, 0].map((id) => dictionary.entryOf(id))).toEqual([
      undefined,
      'b',
      'c',
      undefined,
    ]);
  });

  it('does not take a key twice', () => {
    const dictionary = new Dictionary<string>({ maxKeys: 2, maxBytes: 100 });
    added(dictionary, 'a');
    expect(() => added(dictionary, 'a')).toThrow(RangeError);
  });
});

describe('a key', () => {
  it('is full rather than longer than its limit', () => {
    const key = new KeyWriter(1);
    key.start();
    key.range(new Uint8Array(30_000), 0, 30_000);
    expect([key.length, key.isFull]).toEqual([0, true]);
    key.start();
    expect(key.isFull).toBe(false);
  });

  it('has a hash that depends on the seed', () => {
    expect(keyOf('a', 1).hash).not.toBe(keyOf('a', 2).hash);
  });
});
