import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { type JoinTokenMaker, joinTokenId, makeJoinToken, redeemJoinToken } from './index.ts';
import { joinTokenStoreContract } from './store.contract.ts';
import { memoryJoinTokens } from './testing/memory-store.ts';

const NOW = Date.UTC(2027, 0, 1);
const MAKER: JoinTokenMaker = {
  trustDomain: 'example.org',
  by: 'ada',
  now: NOW,
  maxTtlSeconds: 3_600,
  randomBytes,
};
const SAID = { agent: 'spiffe://example.org/reeve/agent/node-1', ttlSeconds: 600 };

describe('a join token', () => {
  it('is random, and kept without its value', () => {
    const [one, other] = [makeJoinToken(SAID, MAKER), makeJoinToken(SAID, MAKER)];
    expect(one.token).toMatch(/^reeve_join_[A-Za-z0-9_-]{43}$/);
    expect(one.token).not.toBe(other.token);
    expect(JSON.stringify(one.record)).not.toContain(one.token.slice('reeve_join_'.length));
    expect(one.record).toEqual({
      id: joinTokenId(one.token),
      agent: SAID.agent,
      createdBy: 'ada',
      createdAt: '2027-01-01T00:00:00.000Z',
      expiresAt: '2027-01-01T00:10:00.000Z',
      used: null,
    });
  });

  it.each([
    [{ agent: 'spiffe://other.org/reeve/agent/a' }, 'is no agent'],
    [{ agent: 'spiffe://example.org/ns/shop/sa/orders' }, 'is no agent'],
    [{ agent: 'spiffe://example.org/reeve/agent' }, 'is no agent'],
    [{ agent: 'spiffe://example.org/reeve/agents/a' }, 'is no agent'],
    [{ agent: 'node-1' }, 'is not a SPIFFE ID'],
    [{ ttlSeconds: 0 }, 'holds for 1 to 3600 s'],
    [{ ttlSeconds: 3_601 }, 'holds for 1 to 3600 s'],
    [{ ttlSeconds: 1.5 }, 'holds for 1 to 3600 s'],
    [{ ttlSeconds: Number.NaN }, 'holds for 1 to 3600 s'],
  ])('is not made with %j', (change, why) => {
    expect(() => makeJoinToken({ ...SAID, ...change }, MAKER)).toThrow(why);
  });

  it('holds until its end and not at it', () => {
    const { record } = makeJoinToken(SAID, MAKER);
    const end = Date.parse(record.expiresAt);
    expect(redeemJoinToken(record, { by: 'a', now: end - 1 }).record.used).toEqual({
      at: '2027-01-01T00:09:59.999Z',
      by: 'a',
    });
    expect(() => redeemJoinToken(record, { by: 'a', now: end })).toThrow(
      /expired at 2027-01-01T00:10/,
    );
  });

  it('says of its first user no more than fits, and nothing that moves a cursor', () => {
    const { record } = makeJoinToken(SAID, MAKER);
    const first = redeemJoinToken(record, { by: `\u001b[2J${'x'.repeat(5_000)}`, now: NOW });
    try {
      redeemJoinToken(first.record, { by: 'b', now: NOW });
      expect.unreachable();
    } catch (thrown) {
      expect((thrown as Fault).message.length).toBeLessThan(400);
      expect((thrown as Fault).message).toContain('by `\\u001b[2Jxxx');
    }
  });

  it('is told from any other text without quoting it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 99 }), (text) => {
        for (const given of [text, `reeve_join_${text}`]) {
          try {
            expect(joinTokenId(given)).toMatch(/^[0-9a-f]{64}$/);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Fault);
            expect((thrown as Fault).message).toBe('this is not a join token');
          }
        }
      }),
    );
  });
});

joinTokenStoreContract('memory', async () => memoryJoinTokens());
