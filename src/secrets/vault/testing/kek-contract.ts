import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Kek } from '../kek/kek.ts';
import { codeOf } from './faults.ts';

const CONTEXT = { 'reeve-vault': 'f00d', 'reeve-ring': 'beef' };

/** What every key-encryption key does.
 *  @param open the same key each time */
export function itIsAKek(open: () => Kek): void {
  it('gives back what it wrapped, of the size of the largest ring', async () => {
    for (const size of [32, 64 * 32]) {
      const plain = randomBytes(size);
      const wrapped = await open().wrap(plain, CONTEXT);
      expect(wrapped.length).toBeLessThanOrEqual(16_384);
      expect(await open().unwrap(wrapped, CONTEXT)).toEqual(plain);
    }
  });

  it('wraps the same in another way each time', async () => {
    const plain = randomBytes(32);
    const kek = open();
    expect(await kek.wrap(plain, CONTEXT)).not.toBe(await kek.wrap(plain, CONTEXT));
  });

  it('takes its context in any order, and no other', async () => {
    const kek = open();
    const wrapped = await kek.wrap(randomBytes(32), CONTEXT);
    const turned = { 'reeve-ring': 'beef', 'reeve-vault': 'f00d' };
    expect(await kek.unwrap(wrapped, turned)).toHaveLength(32);
    for (const other of [{ ...CONTEXT, 'reeve-ring': 'bee' }, { ...CONTEXT, more: 'a' }, {}]) {
      expect(await codeOf(() => kek.unwrap(wrapped, other))).toBe('vault/kek-refused');
    }
  });

  it.each<[string, (wrapped: string) => string]>([
    ['changed at its end', (text) => change(text, text.length - 9)],
    ['changed in its middle', (text) => change(text, text.length >> 1)],
    ['cut', (text) => text.slice(0, -8)],
    ['nothing', () => ''],
    ['no such thing', () => 'no such thing'],
  ])('refuses what is %s', async (_, edit) => {
    const kek = open();
    const wrapped = await kek.wrap(randomBytes(32), CONTEXT);
    expect(await codeOf(() => kek.unwrap(edit(wrapped), CONTEXT))).toBe('vault/kek-refused');
  });
}

const change = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
