import { describe, expect, it } from 'vitest';
import { type CredentialFact, type ServiceRecord, toRecords } from '../../estate/index.ts';
import { governCredential } from '../governance.ts';
import type { SecretMetadata } from '../keeping/index.ts';
import type { KubernetesTarget } from '../model/index.ts';
import { policyOf, RotationConfig } from '../rotation/index.ts';
import { type RegistryFacts, registryFacts } from './index.ts';

const NOW = '2026-06-01T12:00:00.000Z';
const TERMS = { now: Date.parse(NOW), policy: policyOf(RotationConfig.parse({})) };
const SERVICE = 'production/shop/orders';

type Version = SecretMetadata['versions'][number];
const version = (number: number, more: Partial<Version> = {}): Version => ({
  number,
  createdAt: '2026-05-31T12:00:00.000Z',
  fingerprints: [`fp${number}`],
  expiresAt: null,
  revokedAt: null,
  leakedAt: null,
  revocation: null,
  isKept: true,
  ...more,
});
const PLAN: NonNullable<SecretMetadata['plan']> = {
  rotator: 'postgres',
  admin: null,
  everySeconds: 86_400,
  jitter: 0,
  windows: [],
  overlapSeconds: 0,
  deliver: [],
};
/** Nothing is wrong with it. */
const KEPT: SecretMetadata = {
  id: `${SERVICE}/orders-db`,
  name: 'orders-db',
  service: SERVICE,
  kind: 'postgres',
  owner: null,
  consumers: [],
  createdAt: '2026-05-01T12:00:00.000Z',
  createdBy: 'ada',
  versions: [version(1, { revokedAt: '2026-05-31T13:00:00.000Z' }), version(2)],
  labels: { current: 2 },
  plan: PLAN,
  run: null,
  taken: null,
  lastRotated: '2026-05-31T12:00:00.000Z',
  nextRotation: '2026-06-01T12:00:00.000Z',
};
const SERVICES = new Map(
  [
    ['orders', 'team-orders'],
    ['payments', 'team-payments'],
  ].map(([name, owner]) => {
    const id = `production/shop/${name}`;
    const claim = { owner, rank: 'declaration' };
    // Only what the judgement reads of a service.
    return [id, { id, name, environment: 'production', owner: claim } as ServiceRecord] as const;
  }),
);
const found = (more: Partial<CredentialFact> = {}): CredentialFact => ({
  entity: 'credential',
  id: 'production/cred-found',
  name: 'DB_PASSWORD',
  credentialKind: 'password',
  keys: ['value:fp2'],
  fingerprint: 'fp2',
  location: { file: 'orders/.env', line: 3, in: 'file' },
  problems: ['plain-text'],
  source: { reader: 'credentials', how: 'configured', file: 'orders/.env', line: 3 },
  ...more,
});

function govern(
  change: Partial<SecretMetadata> = {},
  known: RegistryFacts = {},
  others: readonly CredentialFact[] = [],
  now = NOW,
) {
  const facts = registryFacts([{ ...KEPT, ...change }], known, { ...TERMS, now: Date.parse(now) });
  return toRecords([...facts, ...others]).credentials.map((record) =>
    governCredential(record, SERVICES, now),
  );
}

describe('a secret that Reeve keeps', () => {
  it('is a credential with all that is known of it', () => {
    const [credential, ...others] = govern(
      { owner: 'team-data', consumers: ['production/shop/payments'] },
      { useOf: () => ({ lastUsed: '2026-06-01T11:59:30.000Z', seenSince: KEPT.createdAt }) },
    );
    expect(others).toEqual([]);
    expect(credential).toMatchObject({
      name: 'orders-db',
      kind: 'postgres',
      service: SERVICE,
      services: [SERVICE, 'production/shop/payments'],
      owner: 'team-data',
      ownerBecause: 'a person said so',
      created: '2026-05-01T12:00:00.000Z',
      lastRotated: '2026-05-31T12:00:00.000Z',
      lastUsed: '2026-06-01T11:59:00.000Z',
      rotation: 'Reeve, every 24h',
      secret: `${SERVICE}/orders-db`,
      problems: ['shared-by-services'],
    });
  });

  it('is one credential with what a scan found of the same value', () => {
    const [credential, ...others] = govern({}, {}, [found()]);
    expect(others).toEqual([]);
    expect(credential).toMatchObject({
      name: 'orders-db',
      secret: `${SERVICE}/orders-db`,
      locations: [{ file: 'orders/.env' }],
      problems: ['plain-text'],
    });
  });

  it('is told where an old value of it lies that its target refuses', () => {
    const [credential] = govern({}, {}, [found({ keys: ['value:fp1'], fingerprint: 'fp1' })]);
    expect(credential?.problems).toEqual(['old-value']);
  });

  it('is what its service declares under its name', () => {
    const declared = found({
      keys: ['declared:orders/orders-db', 'secret:shop/orders-db'],
      owner: { owner: 'team-orders', rank: 'declaration' },
      source: { reader: 'declarations', how: 'declared', file: 'orders/reeve.yaml', line: 9 },
    });
    expect(govern({}, {}, [declared])).toMatchObject([
      { owner: 'team-orders', ownerBecause: 'declared in orders/reeve.yaml:9' },
    ]);
  });

  const kubernetes: KubernetesTarget = {
    kind: 'kubernetes',
    cluster: 'eu-1',
    namespace: 'shop',
    name: 'orders-db',
    type: 'Opaque',
    data: { password: '{password}' },
    takeOver: false,
    restart: 'all',
    spare: [],
    rolloutSeconds: 600,
  };
  const inCluster = (secret: string): CredentialFact =>
    found({ keys: [`secret:${secret}#password`], id: 'production/cred-live', problems: [] });

  it('is the Secret that it is delivered to, which is no copy', () => {
    const plan = { ...PLAN, deliver: [kubernetes] };
    const [credential, ...others] = govern({ plan }, {}, [inCluster('shop/orders-db')]);
    expect(others).toEqual([]);
    expect(credential?.problems).toEqual([]);
  });

  it('is every key of it where each member has its own', () => {
    const plan = { ...PLAN, deliver: [{ ...kubernetes, data: undefined }] };
    expect(govern({ plan }, {}, [inCluster('shop/orders-db')])).toHaveLength(1);
  });

  it('is not the Secret of that name in a cluster of another environment', () => {
    const plan = { ...PLAN, deliver: [kubernetes] };
    const known = { environmentOfCluster: () => 'staging' };
    expect(govern({ plan }, known, [inCluster('shop/orders-db')])).toHaveLength(2);
  });

  it('is copied where another Secret has its value', () => {
    const plan = { ...PLAN, deliver: [kubernetes] };
    const copy = found({ keys: ['value:fp2', 'secret:jobs/copy#pw'], problems: [] });
    const [credential] = govern({ plan }, {}, [copy]);
    expect(credential?.problems).toEqual(['copied']);
    expect(credential?.evidence.copied).toBe('besides Reeve, in the Secret jobs/copy');
  });

  const RUN: NonNullable<SecretMetadata['run']> = {
    token: 'run-1',
    why: 'due',
    step: 'set',
    startedAt: '2026-06-01T11:00:00.000Z',
    failures: 4,
    nextAt: '2026-06-01T12:01:00.000Z',
    problem: 'it is unreachable',
    hint: null,
    waits: false,
    refusals: 0,
    isGivenUp: false,
  };
  const used = (lastUsed: string | null, seenSince = KEPT.createdAt): RegistryFacts => ({
    useOf: () => ({ lastUsed, seenSince }),
  });
  const PROBLEMS: readonly [
    problem: string,
    change: Partial<SecretMetadata>,
    known: RegistryFacts,
    evidence: string | undefined,
  ][] = [
    ['no-rotation', { plan: null }, {}, undefined],
    [
      'rotation-missed',
      { lastRotated: '2026-05-28T12:00:00.000Z', run: RUN },
      {},
      'since 2026-05-29T12:00Z (3 days); it is unreachable',
    ],
    [
      'rotation-waits',
      { run: { ...RUN, waits: true, problem: 'access is denied', hint: 'grant it' } },
      {},
      'since 2026-06-01T11:00Z (1 hour); access is denied; grant it',
    ],
    [
      'rotation-stuck',
      { run: { ...RUN, startedAt: '2026-06-01T09:00:00.000Z' } },
      {},
      'since 2026-06-01T09:00Z (3 hours); it is unreachable',
    ],
    [
      'long-lived',
      { versions: [version(2, { createdAt: '2026-01-01T12:00:00.000Z' })] },
      {},
      'since 2026-01-01T12:00Z (151 days); version 2',
    ],
    [
      'expired',
      { versions: [version(2, { expiresAt: '2026-05-30T00:00:00.000Z' })] },
      {},
      'it ended on 2026-05-30',
    ],
    [
      'leaked',
      { versions: [version(2, { leakedAt: '2026-06-01T11:55:00.000Z' })] },
      {},
      'since 2026-06-01T11:55Z (5 minutes); version 2',
    ],
    ['never-used', {}, used(null), 'its uses are seen since 2026-05-01'],
    [
      'no-longer-used',
      {},
      used('2026-02-01T12:00:00.000Z', '2025-12-01T12:00:00.000Z'),
      'it was used on 2026-02-01 for the last time',
    ],
    ['over-privileged', {}, { grantsOf: () => ['LOGIN', 'SUPERUSER'] }, 'SUPERUSER'],
    [
      'privileges-grown',
      {},
      { driftOf: () => [{ problem: 'privileges-grown', because: 'INSERT ON t' }] },
      'INSERT ON t',
    ],
  ];
  it.each(PROBLEMS)('has the problem %s', (problem, change, known, evidence) => {
    const [credential] = govern(change, known);
    expect(credential?.problems).toContain(problem);
    expect(credential?.evidence[problem]).toBe(evidence);
    // without what makes it so, nothing is wrong
    expect(govern()[0]?.problems).toEqual([]);
  });

  it('of a service that nobody knows is left over', () => {
    const gone = { service: 'production/shop/gone', id: 'production/shop/gone/db' };
    const [credential] = govern(gone);
    expect(credential?.problems).toEqual(['unowned', 'of-retired-service']);
  });

  it('that others are changed with is used by that, and may do more', () => {
    const admin = { ...KEPT, id: `${SERVICE}/admin`, name: 'admin', versions: [version(3)] };
    const user = { ...KEPT, plan: { ...PLAN, admin: admin.id }, versions: [version(4)] };
    const known = { ...used(null), grantsOf: () => ['SUPERUSER'] };
    const credentials = toRecords(registryFacts([admin, user], known, TERMS)).credentials.map(
      (record) => governCredential(record, SERVICES, NOW),
    );
    const of = (name: string) => credentials.find((one) => one.name === name);
    expect(of('admin')).toMatchObject({ lastUsed: '2026-05-31T12:00:00.000Z', problems: [] });
    expect(of('orders-db')?.problems).toEqual(['never-used', 'over-privileged']);
  });

  it('says the same from one moment to the next', () => {
    const missed = { ...KEPT, lastRotated: '2026-05-20T12:00:00.123Z' };
    const facts = (later: number) =>
      registryFacts([missed], {}, { ...TERMS, now: TERMS.now + later });
    for (const later of [1, 877, 878, 999, 1_000, 61_500]) expect(facts(later)).toEqual(facts(0));
  });
});
