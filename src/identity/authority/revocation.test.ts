import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DenyIndex } from './deny-index.ts';
import {
  crlRequestOf,
  type DenialRequest,
  denialsOf,
  deny,
  dropExpired,
  lift,
  MAX_DENIALS,
  type RevocationState,
} from './revocation.ts';

const NOW = Date.UTC(2025, 2, 3);
const HOUR = 3_600_000;
const now = { wall: NOW, steady: 1_000 };
const none: RevocationState = { sequence: 0, denials: [] };
const ID = 'spiffe://example.org/orders';
const serial: DenialRequest = {
  ...{ deny: 'serial', value: '0a', authority: 'a', why: 'superseded', until: NOW + HOUR },
};
const key: DenialRequest = { deny: 'key', value: 'ff', why: 'keyCompromise', until: NOW + HOUR };
const identity: DenialRequest = {
  ...{ deny: 'identity', value: ID, issuedBefore: null, why: 'unspecified', until: null },
};
const shown = { spiffeId: ID, issuedAt: NOW, keys: ['00'] };

describe('the deny list', () => {
  it('grows its sequence with each change, and with nothing else', () => {
    const { state: one } = deny(none, [serial, key], now);
    expect(one.sequence).toBe(1);
    expect(deny(one, [], now).state).toBe(one);
    expect(lift(one, [])).toBe(one);
    expect(dropExpired(one, now)).toBe(one);
    const two = lift(one, [one.denials[0]!.id]);
    expect([two.sequence, two.denials.length]).toEqual([2, 1]);
  });

  it('has one denial of a thing: the latest', () => {
    const { state } = deny(none, [serial, { ...serial, why: 'keyCompromise' }], now);
    expect(state.denials).toMatchObject([{ why: 'keyCompromise' }]);
    const other = { ...serial, authority: 'b' };
    expect(deny(state, [other], now).state.denials).toHaveLength(2);
  });

  it('drops what has expired by both clocks, and keeps what has no end', () => {
    const { state } = deny(none, [serial, identity], now);
    const late = { wall: NOW + HOUR, steady: now.steady + HOUR };
    expect(dropExpired(state, { ...late, steady: now.steady + HOUR - 1 })).toBe(state);
    expect(dropExpired(state, { ...late, wall: NOW + HOUR - 1 })).toBe(state);
    expect(dropExpired(state, late).denials).toMatchObject([{ deny: 'identity' }]);
  });

  it('has no more entries than it may', () => {
    const many = Array.from({ length: MAX_DENIALS }, (_, index) => ({
      ...serial,
      value: `${index}`,
    }));
    const { state } = deny(none, many, now);
    expect(() => deny(state, [key], now)).toThrow(
      expect.objectContaining({ code: 'identity/denials-too-many' }),
    );
    expect(deny(state, [many[0]!], now).state.denials).toHaveLength(MAX_DENIALS);
  });

  it('lifts only what there is', () => {
    const { state } = deny(none, [serial], now);
    expect(() => lift(state, [state.denials[0]!.id, 'none'])).toThrow(
      expect.objectContaining({ code: 'identity/denial-not-found' }),
    );
  });
});

describe('what is denied', () => {
  it.each([
    ['nothing', [], {}, undefined],
    ['an identity', [identity], {}, 'identity'],
    ['another identity', [{ ...identity, value: `${ID}2` }], {}, undefined],
    ['what was issued before', [{ ...identity, issuedBefore: NOW + 1 }], {}, 'identity'],
    ['not what was issued since', [{ ...identity, issuedBefore: NOW }], {}, undefined],
    ['a certificate', [serial], { serial: { authority: 'a', value: '0a' } }, 'serial'],
    ['not its number elsewhere', [serial], { serial: { authority: 'b', value: '0a' } }, undefined],
    ['a key anywhere in the chain', [key], { keys: ['00', 'ff'] }, 'key'],
    ['not another key', [key], { keys: ['00', '0a'] }, undefined],
  ] as const)('is %s', (_, requests, changed, found) => {
    const index = new DenyIndex(deny(none, requests, now).state);
    expect(index.find({ ...shown, ...changed })?.deny).toBe(found);
  });

  it('is found by the index as by going through the list', () => {
    const value = fc.constantFrom<string>('a', 'b', 'c');
    const why = fc.constant('unspecified' as const);
    const until = fc.constant(null);
    const issuedBefore = fc.option(fc.constantFrom(NOW, NOW + 1));
    const request: fc.Arbitrary<DenialRequest> = fc.oneof(
      fc.record({ deny: fc.constant('identity' as const), value, issuedBefore, why, until }),
      fc.record({ deny: fc.constant('serial' as const), value, authority: value, why, until }),
      fc.record({ deny: fc.constant('key' as const), value, why, until }),
    );
    const svid = fc.record({
      spiffeId: value,
      issuedAt: fc.constantFrom(NOW - 1, NOW, NOW + 1),
      serial: fc.record({ authority: value, value }),
      keys: fc.array(value, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), svid, (requests, one) => {
        const { state } = deny(none, requests, now);
        const isDenied = state.denials.some((denial) => {
          if (denial.deny === 'key') return one.keys.includes(denial.value);
          if (denial.deny === 'serial') {
            const { authority, value: number } = one.serial;
            return denial.authority === authority && denial.value === number;
          }
          return denial.value === one.spiffeId && one.issuedAt < (denial.issuedBefore ?? Infinity);
        });
        expect(new DenyIndex(state).find(one) !== undefined).toBe(isDenied);
      }),
    );
  });
});

describe('revoking identities', () => {
  const record = { spiffeId: ID, authority: 'a', serialNumber: '0a', notAfter: NOW + HOUR };
  const revoked = { spiffeId: ID, mayReturn: false, why: 'privilegeWithdrawn' } as const;

  it('denies them, and each certificate of theirs that is valid, until it is not', () => {
    const issued = [
      record,
      { ...record, serialNumber: '0b', notAfter: NOW },
      { ...record, serialNumber: '0c', spiffeId: `${ID}2` },
      { spiffeId: ID, authority: 'j', notAfter: NOW + HOUR },
    ];
    expect(denialsOf([revoked, revoked], issued, now, HOUR)).toEqual([
      { ...identity, why: 'privilegeWithdrawn' },
      { ...serial, why: 'privilegeWithdrawn' },
    ]);
  });

  it('that may return denies what there is, for as long as that may live', () => {
    const [denial] = denialsOf([{ ...revoked, mayReturn: true }], [], now, HOUR);
    expect(denial).toMatchObject({ issuedBefore: NOW + 1_000, until: NOW + HOUR });
  });
});

describe('the list of an authority', () => {
  it('has the certificates of that authority, with reasons, and a number that grows', () => {
    const { state } = deny(none, [serial, key, identity, { ...serial, authority: 'b' }], now);
    const list = crlRequestOf(state, 'a', NOW + 5, HOUR);
    expect(list).toMatchObject({
      thisUpdate: NOW + 5 - 60_000,
      nextUpdate: NOW + 5 + HOUR,
      revoked: [{ serialNumber: '0a', revokedAt: NOW, reason: 'superseded' }],
    });
    const later = crlRequestOf(state, 'a', NOW + 2_000, HOUR).number;
    const changed = crlRequestOf(lift(state, [state.denials[0]!.id]), 'a', NOW - HOUR, HOUR).number;
    expect(later).toBeGreaterThan(list.number);
    expect(changed).toBeGreaterThan(later);
  });
});
