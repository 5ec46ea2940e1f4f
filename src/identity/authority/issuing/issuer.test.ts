import { generateKeyPairSync, randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { AuditEntry } from '../../../estate/index.ts';
import { parseSpiffeId, spiffeIdOf } from '../../spiffe/index.ts';
import { readCertificate } from '../../x509/index.ts';
import { AuthorityConfig } from '../config.ts';
import { keyFingerprint } from '../key-fingerprint.ts';
import { makeKey } from '../keys/index.ts';
import type { AuthorityKind, SigningAuthority } from '../model.ts';
import { type DenialRequest, deny } from '../revocation.ts';
import { signersOf } from '../signers.ts';
import { certifierOf, post } from '../upstream/index.ts';
import { Issuer, MAX_COUNTED_SERVICES, sumsAfter } from './index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2025, 2, 3);
const config = AuthorityConfig.parse({});
const id = parseSpiffeId('spiffe://example.org/ns/shop/sa/orders');
const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'der',
  type: 'spki',
});
const asked = { id, service: 'production/shop/orders', by: { actor: 'agent-1', reason: '' } };
const x509 = { ...asked, publicKey };
const jwt = { ...asked, audience: ['payments'] };

const authorities: SigningAuthority[] = [];
const privateKeys = new Map<string, Awaited<ReturnType<typeof makeKey>>['privateKey']>();
async function anAuthority(kind: AuthorityKind): Promise<void> {
  const key = await makeKey(kind, config);
  const times = { notBefore: NOW - 2 * MINUTE, notAfter: NOW + 24 * HOUR };
  const certify = certifierOf({ kind: 'none' }, post, randomFillSync);
  const { certificate } = await certify({
    id: spiffeIdOf('example.org'),
    ...key,
    now: NOW,
    ...times,
  });
  privateKeys.set(kind, key.privateKey);
  authorities.push({
    ...{ id: kind, kind, status: 'active', preparedAt: NOW, ...times, isLeaving: false },
    ...{ publicKey: key.publicKey.toString('base64'), chain: [], anchors: [], taint: null },
    ...{ publishedAt: 0, retiredAt: null, removeAt: null },
    certificate: kind === 'x509' ? certificate.toString('base64') : '',
  });
}
beforeAll(async () => {
  await anAuthority('x509');
  await anAuthority('jwt');
});

function issuer(denials: readonly DenialRequest[] = [], of = authorities): Issuer {
  const now = { wall: NOW, steady: 0 };
  const revocation = deny({ sequence: 0, denials: [] }, denials, now).state;
  const state = { trustDomain: 'example.org', revocation };
  const signers = signersOf({ authorities: of }, privateKeys);
  return new Issuer(state, signers, config, randomFillSync);
}

describe('an answer', () => {
  it('has an entry for the audit log and a count, whether an SVID was issued or not', () => {
    const issued = issuer().issueX509(x509, NOW);
    expect(issued.count).toEqual({ service: 'production/shop/orders', what: 'x509' });
    expect(AuditEntry.safeParse({ sequence: 1, ...issued.entry }).success).toBe(true);
    if (issued.outcome === 'refused') throw issued.fault;
    expect(issued.entry).toMatchObject({
      at: '2025-03-03T00:00:00.000Z',
      actor: 'agent-1',
      action: 'identity.issue',
      subject: id.uri,
      detail: {
        kind: 'x509',
        service: 'production/shop/orders',
        authority: 'x509',
        serial: issued.svid.serialNumber,
        until: '2025-03-03T01:00:00.000Z',
      },
    });
    const refused = issuer().issueJwt({ ...jwt, audience: [] }, NOW);
    expect(refused).toMatchObject({
      outcome: 'refused',
      fault: { code: 'identity/jwt-request-invalid/audience' },
      entry: {
        action: 'identity.refuse',
        subject: id.uri,
        detail: { kind: 'jwt', code: 'identity/jwt-request-invalid/audience' },
      },
      count: { service: 'production/shop/orders', what: 'refused' },
    });
  });

  it('holds no token in its entry', () => {
    const issued = issuer().issueJwt(jwt, NOW);
    if (issued.outcome === 'refused') throw issued.fault;
    expect(issued.entry.detail).toMatchObject({ kind: 'jwt', audience: ['payments'] });
    const [, , signature = 'none'] = issued.svid.token.split('.');
    expect(JSON.stringify(issued.entry)).not.toContain(signature);
  });
});

const far = parseSpiffeId('spiffe://other.example/orders');
const domain = parseSpiffeId('spiffe://example.org');
const fingerprint = keyFingerprint(publicKey);
const denied = { why: 'keyCompromise', until: NOW + HOUR } as const;

describe('no SVID is issued', () => {
  it.each([
    ['of another trust domain', { id: far }, 'svid-forbidden/trust-domain', [], NOW],
    ['of a trust domain itself', { id: domain }, 'svid-request-invalid/path', [], NOW],
    ['for no time', { ttlSeconds: 0 }, 'svid-request-invalid/ttl', [], NOW],
    ['for half a second', { ttlSeconds: 0.5 }, 'svid-request-invalid/ttl', [], NOW],
    [
      'of an identity that is denied',
      {},
      'svid-forbidden/denied',
      [{ ...denied, deny: 'identity', value: id.uri, issuedBefore: null }],
      NOW,
    ],
    [
      'in the second in which an identity is revoked',
      {},
      'svid-forbidden/denied',
      [{ ...denied, deny: 'identity', value: id.uri, issuedBefore: NOW + 1_000 }],
      NOW + 999,
    ],
    ['before its authority begins', {}, 'authority-unavailable', [], NOW - 3 * MINUTE],
    ['at the end of its authority', {}, 'authority-unavailable', [], NOW + 24 * HOUR - MINUTE],
  ] as const)('%s', (_, changed, code, denials, wall) => {
    for (const answer of [
      issuer(denials).issueX509({ ...x509, ...changed }, wall),
      issuer(denials).issueJwt({ ...jwt, ...changed }, wall),
    ]) {
      expect(answer).toMatchObject({ outcome: 'refused', fault: { code: `identity/${code}` } });
    }
  });

  it('for a key that is denied', () => {
    const key: DenialRequest = { ...denied, deny: 'key', value: fingerprint };
    expect(issuer([key]).issueX509(x509, NOW)).toMatchObject({
      fault: { code: 'identity/svid-forbidden/denied', hint: 'make another key' },
    });
    expect(issuer([{ ...key, value: '00' }]).issueX509(x509, NOW).outcome).toBe('issued');
  });

  it('with names that are none', () => {
    const answer = issuer().issueX509({ ...x509, dnsNames: ['not a name'] }, NOW);
    expect(answer).toMatchObject({ fault: { code: 'identity/svid-request-invalid/dns-names' } });
  });

  it('without an authority', () => {
    expect(issuer([], []).issueX509(x509, NOW)).toMatchObject({
      fault: { code: 'identity/authority-unavailable' },
    });
  });

  it('of an identity that was revoked, until that has passed', () => {
    const denial = { ...denied, deny: 'identity', value: id.uri, issuedBefore: NOW } as const;
    expect(issuer([denial]).issueX509(x509, NOW).outcome).toBe('issued');
  });
});

describe('an SVID', () => {
  it('never outlives its authority, nor what any may live, whatever is asked and whenever', () => {
    const one = issuer();
    const { notBefore, notAfter } = authorities[0]!;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 0, max: 25 * 3_600 }),
        (ttlSeconds, after) => {
          const wall = NOW + after * 1_000;
          const answer = one.issueX509({ ...x509, ttlSeconds }, wall);
          const token = one.issueJwt({ ...jwt, ttlSeconds }, wall);
          if (answer.outcome === 'refused' || token.outcome === 'refused') {
            expect(wall).toBeGreaterThanOrEqual(notAfter - MINUTE);
            return;
          }
          const read = readCertificate(answer.svid.certificate);
          expect(read.notAfter).toBeLessThanOrEqual(notAfter);
          expect(read.notBefore).toBeGreaterThanOrEqual(notBefore);
          expect(read.notBefore).toBe(wall - MINUTE);
          const lifetime = Math.min(ttlSeconds * 1_000, 4 * HOUR, notAfter - wall);
          expect(read.notAfter - wall).toBe(lifetime);
          expect(token.svid.expiresAt - wall).toBe(lifetime);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('counts', () => {
  const count = (service: string, what: 'x509' | 'jwt' | 'refused' = 'x509') => ({ service, what });

  it('are those that change, and add to what there was', () => {
    const before = new Map([
      ['a', { x509: 3, jwt: 0, refused: 0 }],
      ['b', { x509: 1, jwt: 0, refused: 0 }],
    ]);
    const added = [count('a'), count('a', 'refused'), count('__proto__', 'jwt')];
    expect([...sumsAfter(before, added)]).toEqual([
      ['a', { x509: 4, jwt: 0, refused: 1 }],
      ['__proto__', { x509: 0, jwt: 1, refused: 0 }],
    ]);
  });

  it('are kept apart for each service, up to as many as there may be', () => {
    const many = Array.from({ length: MAX_COUNTED_SERVICES + 5 }, (_, index) => count(`s${index}`));
    const counts = sumsAfter(new Map(), many);
    expect(counts.size).toBe(MAX_COUNTED_SERVICES + 1);
    expect(counts.get('')).toEqual({ x509: 5, jwt: 0, refused: 0 });
    expect(sumsAfter(counts, [count('s1'), count('new')])).toEqual(
      new Map([
        ['s1', { x509: 2, jwt: 0, refused: 0 }],
        ['', { x509: 6, jwt: 0, refused: 0 }],
      ]),
    );
  });
});
