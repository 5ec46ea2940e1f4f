import { describe, expect, it } from 'vitest';
import { type CredentialFact, toRecords } from '../../estate/index.ts';
import { governCredential } from '../governance.ts';
import { type IssuedKey, issuedKeyFacts } from './index.ts';

const NOW = '2026-06-01T12:00:00.000Z';
/** Nothing is wrong with it but that nothing rotates it. */
const KEY: IssuedKey = {
  id: '0123456789a',
  service: 'production/shop/orders',
  owner: 'team-orders',
  environments: ['production'],
  scopes: [{ service: 'production/shop/stock', operations: ['GET /stock/{id}'] }],
  expiresAt: null,
  createdAt: '2026-05-01T12:00:00.000Z',
  revokedAt: null,
  lastUsed: Date.parse('2026-06-01T11:00:00.000Z'),
  unused: [],
};
const found: CredentialFact = {
  entity: 'credential',
  id: 'production/cred-0',
  name: 'STOCK_KEY',
  credentialKind: 'api-key',
  keys: ['value:fp', 'api-key:0123456789a'],
  fingerprint: 'fp',
  location: { file: 'orders/.env', line: 1, in: 'file' },
  problems: ['plain-text'],
  source: { reader: 'credentials', how: 'configured', file: 'orders/.env', line: 1 },
};
const govern = (change: Partial<IssuedKey> = {}, others: CredentialFact[] = []) =>
  toRecords([
    ...issuedKeyFacts([{ ...KEY, ...change }], Date.parse(NOW)),
    ...others,
  ]).credentials.map((record) => governCredential(record, new Map(), NOW));

describe('an API key that Reeve issued', () => {
  it('is a credential with its owner, its uses and its end', () => {
    expect(govern({ expiresAt: '2026-12-01T00:00:00.000Z' })).toMatchObject([
      {
        kind: 'api-key',
        service: KEY.service,
        owner: 'team-orders',
        created: KEY.createdAt,
        lastUsed: '2026-06-01T11:00:00.000Z',
        expires: '2026-12-01T00:00:00.000Z',
        problems: ['no-rotation'],
      },
    ]);
  });

  it('is one credential with what a scan found of it', () => {
    expect(govern({}, [found])).toMatchObject([
      {
        owner: 'team-orders',
        locations: [found.location],
        problems: ['plain-text', 'no-rotation'],
      },
    ]);
  });

  it('is one credential with the secret that Reeve renews it by', () => {
    const secret = 'production/shop/orders/stock-api';
    const kept: CredentialFact = {
      ...{ entity: 'credential', id: 'production/cred-1', name: 'stock-api' },
      ...{ credentialKind: 'api-key', keys: [`kept:${secret}`], secret },
      ...{ service: KEY.service, rotation: 'Reeve, every 24 h' },
      source: { reader: 'reeve', how: 'configured' },
    };
    expect(govern({ secret }, [kept])).toMatchObject([
      { name: 'stock-api', rotation: 'Reeve, every 24 h', owner: 'team-orders' },
    ]);
  });

  it('is none once it is revoked', () => {
    expect(govern({ revokedAt: NOW })).toEqual([]);
  });

  it('that is revoked is no more than an old value where its text still lies', () => {
    expect(govern({ revokedAt: NOW, owner: null }, [found])).toMatchObject([
      {
        id: found.id,
        name: 'STOCK_KEY',
        locations: [found.location],
        problems: ['old-value'],
        evidence: { 'old-value': 'it was revoked on 2026-06-01' },
      },
    ]);
  });

  it.each([
    ['2026-06-01T11:59:59.000Z', ['expired', 'no-rotation', 'old-value']],
    ['2026-06-01T12:00:01.000Z', ['expires-soon', 'no-rotation', 'plain-text']],
  ])('that ends at %s: its text has the problems %j', (expiresAt, problems) => {
    const [credential] = govern({ expiresAt }, [found]);
    expect(credential?.problems.toSorted()).toEqual(problems);
  });

  it('that is revoked says nothing of the texts of others, nor of what else is known of its place', () => {
    const other = { ...found, id: 'production/cred-9', keys: ['value:x', 'api-key:0123456789b'] };
    expect(govern({ revokedAt: NOW }, [other])).toMatchObject([
      { problems: ['plain-text', 'unowned', 'no-rotation'] },
    ]);
    const kept: CredentialFact = {
      ...found,
      keys: ['value:fp', 'value:next'],
      secret: 'production/shop/orders/stock-key',
    };
    const { fingerprint: _, location: __, problems: ___, ...whole } = kept;
    const next = { ...found, keys: ['value:next', 'api-key:next'], fingerprint: 'next' };
    const [credential] = govern({ revokedAt: NOW }, [found, next, whole]);
    expect(credential?.problems.toSorted()).toEqual(['no-rotation', 'old-value', 'plain-text']);
  });

  const PROBLEMS: readonly [problem: string, change: Partial<IssuedKey>, evidence: string][] = [
    [
      'over-privileged',
      { scopes: [{ service: 'production/shop/stock', operations: ['*'] }] },
      'every operation of production/shop/stock',
    ],
    [
      'over-privileged',
      { unused: [{ service: 'production/shop/stock', operations: ['*', 'PUT /stock'] }] },
      'it has not used PUT /stock of production/shop/stock',
    ],
    [
      'shared-by-environments',
      { environments: ['staging', 'production'] },
      'production and staging',
    ],
    ['never-used', { lastUsed: undefined }, 'its uses are seen since 2026-05-01'],
    ['long-lived', { createdAt: '2026-01-01T00:00:00.000Z' }, 'since 2026-01-01'],
    ['expired', { expiresAt: '2026-05-31T00:00:00.000Z' }, 'it ended on 2026-05-31'],
  ];
  it.each(PROBLEMS)('has the problem %s', (problem, change, evidence) => {
    const [credential] = govern(change);
    expect(credential?.problems).toContain(problem);
    expect(credential?.evidence[problem]).toBe(evidence);
    expect(govern()[0]?.problems).not.toContain(problem);
  });
});
