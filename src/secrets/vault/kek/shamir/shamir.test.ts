import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, faultOf } from '../../testing/faults.ts';
import { ShareGathering } from './gathering.ts';
import { formatShare, MAX_SHARES, parseShare, setOfId } from './share.ts';
import { createShamirKek } from './split.ts';

const CONTEXT = { 'reeve-vault': 'a' };
const made = (shares: number, threshold: number) =>
  createShamirKek({ shares, threshold }, randomBytes);
async function gatheringOf(shares: number, threshold: number) {
  const { kek, shares: texts } = await made(shares, threshold);
  // the id that was just made names a set
  return { kek, texts, gathering: new ShareGathering(setOfId(kek.id)!, randomBytes) };
}
/** As somebody writes it who means to deceive, with a checksum that is right. */
function forged(text: string, change: (parts: string[]) => string[]): string {
  const body = change(text.split(':').slice(0, -1)).join(':');
  return `${body}:${createHash('sha256').update(body).digest('hex').slice(0, 8)}`;
}

describe('shares', () => {
  const numbers = fc
    .integer({ min: 2, max: 8 })
    .chain((shares) =>
      fc.record({ shares: fc.constant(shares), threshold: fc.integer({ min: 2, max: shares }) }),
    );

  it('give the key with as many as are needed, whichever and in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        numbers,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async ({ shares, threshold }, lots) => {
          const { kek, texts, gathering } = await gatheringOf(shares, threshold);
          const wrapped = await kek.wrap(Buffer.from('a key'), CONTEXT);
          const order = texts
            .map((text) => [lots.next().value ?? 0, text] as const)
            .sort(([one], [other]) => one - other);
          const results = [];
          for (const [, text] of order.slice(0, threshold)) results.push(await gathering.add(text));
          expect(results.slice(0, -1)).toEqual(Array(threshold - 1).fill(undefined));
          const again = results.at(-1);
          expect(again?.id).toBe(kek.id);
          expect((await again?.unwrap(wrapped, CONTEXT))?.toString()).toBe('a key');
        },
      ),
      { numRuns: 40 },
    );
  });

  it('never give it with one less, though their numbers are forged', async () => {
    await fc.assert(
      fc.asyncProperty(
        numbers.filter(({ threshold }) => threshold > 2),
        async ({ shares, threshold }) => {
          const { kek, shares: texts } = await made(shares, threshold);
          const lower = `${threshold - 1}-of-${shares}`;
          const set = setOfId(kek.id.replace(/[^:]+$/, lower));
          const gathering = new ShareGathering(set!, randomBytes);
          const given = texts
            .slice(0, threshold - 1)
            .map((text) => forged(text, (parts) => parts.with(2, lower)));
          for (const text of given.slice(0, -1)) await gathering.add(text);
          expect(await codeOf(() => gathering.add(given.at(-1) ?? ''))).toBe('vault/share-invalid');
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are texts that say whose they are', async () => {
    const { kek, shares } = await made(5, 3);
    expect(kek.id).toMatch(/^shamir:[0-9a-f]{16}:3-of-5$/);
    for (const [at, text] of shares.entries()) {
      expect(text).toMatch(/^reeve-share-v1:[0-9a-f]{16}:3-of-5:\d:[0-9a-f]{66}:[0-9a-f]{8}$/);
      const share = parseShare(text);
      expect(share.number).toBe(at + 1);
      expect(formatShare(share)).toBe(text);
    }
  });

  it('survive being typed: upper case, spaces and line breaks', async () => {
    const { texts, gathering } = await gatheringOf(2, 2);
    const typed = texts.map((text) => `  ${text.toUpperCase().replace(/(.{20})/g, '$1 \n')}\n`);
    expect(await gathering.add(typed[1] ?? '')).toBeUndefined();
    expect(await gathering.add(typed[0] ?? '')).toBeDefined();
  });

  it.each([
    [1, 1],
    [3, 1],
    [2, 3],
    [MAX_SHARES + 1, 2],
    [2.5, 2],
  ])('are not made so that of %s there are %s needed', async (shares, threshold) => {
    expect(await codeOf(() => made(shares, threshold))).toBe('vault/invalid');
  });
});

describe('a wrong share', () => {
  it('with one character changed is told at once, and counts for nothing', async () => {
    const { texts, gathering } = await gatheringOf(3, 2);
    const [text = ''] = texts;
    for (let at = 'reeve-share-v1:'.length; at < text.length; at++) {
      const other = text[at] === '0' ? '1' : '0';
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      expect(await codeOf(() => gathering.add(changed))).toBe('vault/share-malformed');
    }
    expect(gathering.progress).toEqual({ given: 0, needed: 2 });
  });

  it('that was given already is told, and those before still count', async () => {
    const { texts, gathering } = await gatheringOf(3, 2);
    await gathering.add(texts[2] ?? '');
    const fault = await faultOf(() => gathering.add(` ${texts[2]?.toUpperCase()}`));
    expect([fault?.code, fault?.message]).toEqual([
      'vault/share-conflict',
      'Share 3 was given already',
    ]);
    expect(gathering.progress).toEqual({ given: 1, needed: 2 });
    expect(await gathering.add(texts[0] ?? '')).toBeDefined();
  });

  it('of another set is told, with both sets', async () => {
    const [one, other] = [await gatheringOf(3, 2), await made(3, 2)];
    const fault = await faultOf(() => one.gathering.add(other.shares[0] ?? ''));
    expect(fault?.code).toBe('vault/share-conflict');
    expect(fault?.message).toBe(
      `This is a share of \`${other.kek.id}\`, and the vault is sealed with \`${one.kek.id}\``,
    );
  });

  it('that is forged is told once they are together, and all begin anew', async () => {
    const { texts, gathering } = await gatheringOf(3, 2);
    await gathering.add(texts[0] ?? '');
    const lie = forged(texts[1] ?? '', (parts) =>
      parts.with(4, `${randomBytes(32).toString('hex')}${parts[4]?.slice(64)}`),
    );
    const fault = await faultOf(() => gathering.add(lie));
    expect(fault?.code).toBe('vault/share-invalid');
    expect(fault?.message).toBe('Shares 1, 2 do not give the key: at least one of them is wrong');
    expect(gathering.progress).toEqual({ given: 0, needed: 2 });
    await gathering.add(texts[0] ?? '');
    expect(await gathering.add(texts[1] ?? '')).toBeDefined();
  });

  it('that is a copy of another under a number of its own is told, too', async () => {
    const { texts, gathering } = await gatheringOf(3, 2);
    await gathering.add(texts[0] ?? '');
    const copy = forged(texts[0] ?? '', (parts) => parts.with(3, '2'));
    expect(await codeOf(() => gathering.add(copy))).toBe('vault/share-invalid');
  });

  it('of any text is a Fault that quotes nothing', async () => {
    const { shares } = await made(2, 2);
    const [text = ''] = shares;
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.nat(text.length - 1).map((end) => text.slice(0, end)),
      fc
        .array(fc.string(), { maxLength: 9 })
        .map((parts) => forged([...parts, ''].join(':'), (all) => all)),
      fc.string().map((part) => forged(text, (parts) => parts.with(2, part))),
      fc.nat().map((number) => forged(text, (parts) => parts.with(3, `${number + 3}`))),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (given) => {
        const fault = await faultOf(() => parseShare(given));
        expect(fault?.code).toBe('vault/share-malformed');
        expect(`${fault?.message}${fault?.hint}`).not.toContain(text.slice(40, 60));
      }),
    );
  });
});
