import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawPassword, PasswordRules } from './password.ts';

const rules = (more: object) => PasswordRules.parse(more);

describe('a password drawn by lot', () => {
  it('has 32 letters and digits where nothing is said', () => {
    expect(drawPassword(rules({}), randomBytes)).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('keeps the rules, whatever they are', () => {
    const classes = fc.subarray(['lower', 'upper', 'digit', 'other'] as const);
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 128 }), classes, (length, oneOfEach) => {
        const alphabet = 'abcdefghABCDEFGH23456789-_.';
        const password = drawPassword(rules({ length, alphabet, oneOfEach }), randomBytes);
        expect(password).toHaveLength(length);
        expect([...password].every((one) => alphabet.includes(one))).toBe(true);
        const patterns = { lower: /[a-z]/, upper: /[A-Z]/, digit: /\d/, other: /[-_.]/ };
        for (const name of oneOfEach) expect(password).toMatch(patterns[name]);
      }),
      { numRuns: 50 },
    );
  });

  it('prefers no character: each byte that is no fair draw is drawn again', () => {
    // 256 bytes, each once: 62 characters, four times each
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    let at = 0;
    const inOrder = (count: number) => {
      const drawn = bytes.subarray(at % 256, (at % 256) + count);
      at += count;
      return drawn;
    };
    const counts = new Map<string, number>();
    const settings = rules({ length: 31 });
    for (let draws = 0; draws < 8; draws++) {
      for (const one of drawPassword(settings, inOrder))
        counts.set(one, (counts.get(one) ?? 0) + 1);
      at = 31 * (draws + 1);
    }
    expect(new Set(counts.values())).toEqual(new Set([4]));
    expect(counts.size).toBe(62);
  });

  it.each([
    ['is not random', {}, 255],
    ['never has all classes', { oneOfEach: ['digit'] }, 0],
  ])('is none where the source %s', (_, more, byte) => {
    expect(() => drawPassword(rules(more), (count) => Buffer.alloc(count, byte))).toThrow(
      /not random|No password/,
    );
  });

  it.each([
    ['a short one', { length: 11 }],
    ['one of few characters', { alphabet: 'ab' }],
    ['a character twice', { alphabet: 'abcdefghijklmnopqrstuvwxyza' }],
    ['a quote', { alphabet: "abcdefghijklmnopqrstuvwxyz'" }],
    ['a space', { alphabet: 'abcdefghijklmnopqrstuvwxyz ' }],
    ['a backslash', { alphabet: 'abcdefghijklmnopqrstuvwxyz\\' }],
    ['a letter that is not ASCII', { alphabet: 'abcdefghijklmnopqrstuvwxyzä' }],
    [
      'a class that the alphabet has not',
      { alphabet: 'abcdefghijklmnopqrstuvwxyz', oneOfEach: ['digit'] },
    ],
  ])('cannot have rules with %s', (_, more) => {
    expect(PasswordRules.safeParse(more).success).toBe(false);
  });
});
