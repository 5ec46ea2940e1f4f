import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect } from '../leaks/detect.ts';
import { drawKey, readKey } from './key-text.ts';

describe('the text of an API key', () => {
  it('names the key, and is told by its hash alone', () => {
    const text = drawKey(randomBytes);
    expect(text).toMatch(/^rvk_\w{11}_\w{49}$/);
    const id = text.slice(4, 15);
    expect(readKey(text)).toEqual({ id, hash: createHash('sha256').update(text).digest() });
  });

  it('is drawn from 8 bytes that name it and 32 that are secret', () => {
    const lengths: number[] = [];
    drawKey((length) => {
      lengths.push(length);
      return Buffer.alloc(length, 0xff);
    });
    expect(lengths).toEqual([8, 32]);
  });

  it('has one length, and one text for each number that is drawn', () => {
    const bytes = fc.uint8Array({ minLength: 40, maxLength: 40 });
    const draw = (drawn: Uint8Array) =>
      drawKey((length) => (length === 8 ? drawn.subarray(0, 8) : drawn.subarray(8)));
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const [first, second] = [draw(one), draw(other)];
        expect(readKey(first)?.id).toHaveLength(11);
        expect(first === second).toBe(Buffer.compare(one, other) === 0);
      }),
    );
  });

  it('is none with one character changed', () => {
    const text = drawKey(randomBytes);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0aZ_-é '), (at, character) => {
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        expect(readKey(changed) === undefined).toBe(changed !== text);
      }),
    );
  });

  it.each(['', 'rvk_', ' ', '\n', 'x'.repeat(1_000_000)])('is not %#', (text) => {
    expect(readKey(text)).toBeUndefined();
  });

  it('is none with something before or behind it', () => {
    const text = drawKey(randomBytes);
    for (const other of [` ${text}`, `${text}\n`, `${text}0`, text.toUpperCase()]) {
      expect(readKey(other)).toBeUndefined();
    }
  });

  it('is found where it lies about, for certain only with its checksum', () => {
    const text = drawKey(randomBytes);
    const wrong = text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
    const find = (value: string) => detect(`key := "${value}"`, { syntax: 'code', path: 'a.go' });
    expect(find(text)).toMatchObject([{ rule: 'reeve-api-key', confidence: 'high' }]);
    expect(find(wrong)).toMatchObject([{ rule: 'reeve-api-key', confidence: 'low' }]);
  });

  it('is anything: what cannot be read is no key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(readKey(text)).toBeUndefined();
      }),
    );
  });
});
