import { describe, expect, it } from 'vitest';
import type { CredentialRecord, OwnerClaim, ServiceRecord, Source } from '../estate/index.ts';
import { governCredential } from './governance.ts';

const NOW = '2026-06-01T00:00:00.000Z';

/** Nothing is wrong with it: owned, rotated, used by one service. Each case changes one thing. */
const GOVERNED: CredentialRecord = {
  id: 'production/cred-1',
  name: 'orders-db',
  kind: 'postgres',
  services: ['production/shop/orders'],
  environments: ['production'],
  belongsTo: undefined,
  owner: { owner: 'team-orders', rank: 'declaration' },
  ownerSource: { reader: 'declarations', how: 'declared', file: 'orders/reeve.yaml', line: 4 },
  locations: [],
  keys: [],
  assigned: undefined,
  revoked: undefined,
  fingerprint: undefined,
  rotation: 'every 24h',
  declaredRotation: 'every 24h',
  keptRotation: undefined,
  created: undefined,
  lastRotated: undefined,
  expires: undefined,
  lastUsed: undefined,
  usesSeenSince: undefined,
  secret: undefined,
  delivered: [],
  problems: [],
  concerns: [],
  sources: [],
};
const service = (environment: string, name: string, owner?: string) => {
  const id = `${environment}/shop/${name}`;
  const claim = owner === undefined ? undefined : { owner, rank: 'label' as const };
  // Only what the judgement reads of a service.
  return [id, { id, name, environment, owner: claim } as ServiceRecord] as const;
};
const SERVICES = new Map<string, ServiceRecord>([
  service('production', 'orders', 'team-orders'),
  service('production', 'payments', 'team-payments'),
  service('staging', 'orders', 'team-orders'),
  service('production', 'legacy'),
  declared(),
  retired(),
]);
function declared() {
  const [id, record] = service('production', 'declared');
  return [
    id,
    { ...record, owner: { owner: 'team-declared', rank: 'declaration' as const } },
  ] as const;
}
function retired() {
  const [id, record] = service('production', 'retired');
  return [id, { ...record, retired: true }] as const;
}
const at = (file: string) => ({ file, line: 1, column: 1, in: 'file' as const });

const CASES: readonly [what: string, change: Partial<CredentialRecord>, problems: string[]][] = [
  ['nothing where it is governed', {}, []],
  ['unowned', { owner: undefined, services: ['production/shop/legacy'] }, ['unowned']],
  ['unowned where nobody uses it', { owner: undefined, services: [] }, ['unowned']],
  ['no-rotation', { rotation: undefined }, ['no-rotation']],
  ['rotation-differs where no plan does it', { secret: 'a/b' }, ['rotation-differs']],
  ['rotation-differs', { secret: 'a/b', keptRotation: 'Reeve, every 7d' }, ['rotation-differs']],
  [
    'nothing where it is rotated as declared',
    { secret: 'a/b', declaredRotation: 'every 1d', keptRotation: 'Reeve, every 24h' },
    [],
  ],
  [
    'shared-by-services',
    { services: ['production/shop/orders', 'production/shop/payments'] },
    ['shared-by-services'],
  ],
  [
    'shared-by-environments',
    { services: ['production/shop/orders', 'staging/shop/orders'] },
    ['shared-by-services', 'shared-by-environments'],
  ],
  ['expired', { expires: '2026-05-31T23:59:59.000Z' }, ['expired']],
  [
    'expires-soon where nothing renews it',
    { rotation: undefined, expires: '2026-06-20T00:00:00.000Z' },
    ['no-rotation', 'expires-soon'],
  ],
  ['no expiry where it is renewed in time', { expires: '2026-06-20T00:00:00.000Z' }, []],
  [
    'what its sources found',
    { problems: ['weak', 'in-code'], locations: [at('orders/main.go')] },
    ['weak', 'in-code'],
  ],
  [
    'test-only where all its places are tests',
    { problems: ['test-only'], locations: [at('test/a.py'), at('docs/a.md')] },
    ['test-only'],
  ],
  [
    'no test-only where one place is in earnest',
    { problems: ['test-only'], locations: [at('test/a.py'), at('.env')] },
    [],
  ],
];

describe('governCredential', () => {
  it.each(CASES)('finds %s', (_, change, problems) => {
    const governed = governCredential({ ...GOVERNED, ...change }, SERVICES, NOW);
    expect([...governed.problems].sort()).toEqual([...problems].sort());
  });

  const claim = (owner: string, rank: OwnerClaim['rank']): OwnerClaim => ({ owner, rank });
  const file = (name: string): Source => ({ reader: 'x', how: 'declared', file: name, line: 4 });
  const both = ['production/shop/orders', 'production/shop/payments'];
  const OWNERS: readonly [
    sentence: string,
    change: Partial<CredentialRecord>,
    owner: string | null,
    because: string | null,
  ][] = [
    [
      'a person’s word wins over what its service declares',
      { owner: claim('team-data', 'person'), services: ['production/shop/declared'] },
      'team-data',
      'a person said so',
    ],
    ['a declaration names it', {}, 'team-orders', 'declared in orders/reeve.yaml:4'],
    [
      'a catalogue names it',
      { owner: claim('team-a', 'catalogue'), ownerSource: file('catalog-info.yaml') },
      'team-a',
      'named by the catalogue in catalog-info.yaml:4',
    ],
    [
      'CODEOWNERS names who has the file that it lies in',
      { owner: claim('team-a', 'codeowners'), ownerSource: file('.env'), services: [] },
      'team-a',
      'by CODEOWNERS for .env:4',
    ],
    [
      'what its service declares is stronger than who has the file',
      { owner: claim('team-a', 'codeowners'), services: ['production/shop/declared'] },
      'team-declared',
      'owns declared, as its declaration says',
    ],
    [
      'of equal words that on the credential counts',
      { owner: claim('team-a', 'declaration'), services: ['production/shop/declared'] },
      'team-a',
      'declared in orders/reeve.yaml:4',
    ],
    [
      'the team that owns the service',
      { owner: undefined },
      'team-orders',
      'owns orders, by its labels',
    ],
    [
      'the team that owns the service that it was made for, of several',
      { owner: undefined, services: both, belongsTo: 'production/shop/payments' },
      'team-payments',
      'owns payments, by its labels',
    ],
    [
      'the team that owns every service that uses it',
      { owner: undefined, services: ['production/shop/orders', 'staging/shop/orders'] },
      'team-orders',
      'owns orders and 1 more that use it, by its labels',
    ],
    [
      'nobody where its services belong to several',
      { owner: undefined, services: both },
      null,
      null,
    ],
  ];
  const assigned = {
    ...{ owner: 'team-said', by: 'ana', at: '2026-05-30T23:00:00.000Z', reason: 'theirs' },
  };
  const SAID: readonly [string, Partial<CredentialRecord>, string, string][] = [
    [
      'a declaration',
      { owner: claim('team-a', 'declaration') },
      'team-said',
      'assigned by ana on 2026-05-30',
    ],
    ['nobody', { owner: undefined, services: [] }, 'team-said', 'assigned by ana on 2026-05-30'],
    [
      'whom an API key was issued for',
      { owner: claim('team-a', 'person') },
      'team-said',
      'assigned by ana on 2026-05-30',
    ],
    [
      'not whom a secret of Reeve names, who may change it',
      { owner: claim('team-a', 'person'), secret: 'production/shop/orders/db' },
      'team-a',
      'a person said so',
    ],
    [
      'what is inferred of a secret of Reeve',
      { owner: claim('team-a', 'declaration'), secret: 'production/shop/orders/db' },
      'team-said',
      'assigned by ana on 2026-05-30',
    ],
  ];
  it.each(SAID)('whom a person names wins over %s', (_, change, owner, because) => {
    const governed = governCredential({ ...GOVERNED, ...change, assigned }, SERVICES, NOW);
    expect([governed.owner, governed.ownerBecause]).toEqual([owner, because]);
  });

  it.each(OWNERS)('knows its owner: %s', (_, change, owner, because) => {
    const governed = governCredential({ ...GOVERNED, ...change }, SERVICES, NOW);
    expect([governed.owner, governed.ownerBecause]).toEqual([owner, because]);
  });

  it('tells between whom a credential without an owner is shared', () => {
    const record = { ...GOVERNED, owner: undefined, services: both };
    expect(governCredential(record, SERVICES, NOW).evidence.unowned).toBe(
      'its services belong to team-orders, team-payments',
    );
  });

  const SHOWN: readonly [problem: string, change: Partial<CredentialRecord>, evidence: string][] = [
    [
      'shared-by-environments',
      { environments: ['production', 'staging'], services: [] },
      'production and staging',
    ],
    ['long-lived', { created: '2026-01-01T00:00:00.000Z' }, 'since 2026-01-01'],
    ['expired', { expires: '2026-05-31T00:00:00.000Z' }, 'it ended on 2026-05-31'],
    [
      'copied',
      { keys: ['secret:shop/a#k', 'secret:jobs/b#k', 'secret:/c#k', 'secret:shop/d'] },
      'the Secrets jobs/b and shop/a',
    ],
    ['of-retired-service', { services: ['production/shop/retired'] }, ''],
  ];
  it.each(SHOWN)('shows %s', (problem, change, evidence) => {
    const { problems, evidence: shown } = governCredential(
      { ...GOVERNED, ...change },
      SERVICES,
      NOW,
    );
    expect(problems).toContain(problem);
    expect(shown[problem] ?? '').toBe(evidence);
  });

  const FINE: readonly [sentence: string, change: Partial<CredentialRecord>][] = [
    [
      'an old one that was rotated',
      { created: '2025-01-01T00:00:00.000Z', lastRotated: '2026-05-01T00:00:00.000Z' },
    ],
    ['one whose uses nobody sees', { created: '2026-01-02T00:00:00.000Z', lastRotated: NOW }],
    [
      'one that was just made',
      { usesSeenSince: '2026-01-01T00:00:00.000Z', created: '2026-05-25T00:00:00.000Z' },
    ],
    ['several keys of one Secret', { keys: ['secret:shop/a#k', 'secret:shop/a#l'] }],
    ['the environments of those who speak of it, of one scope', { environments: ['default'] }],
  ];
  it.each(FINE)('finds nothing wrong with %s', (_, change) => {
    expect(governCredential({ ...GOVERNED, ...change }, SERVICES, NOW).problems).toEqual([]);
  });
});
