import { describe, expect, it } from 'vitest';
import type { CredentialRecord, ServiceRecord } from '../estate/index.ts';
import { governCredential } from './governance.ts';

const NOW = '2026-06-01T00:00:00.000Z';

/** Nothing is wrong with it: owned, rotated, used by one service. Each case changes one thing. */
const GOVERNED: CredentialRecord = {
  id: 'production/cred-1',
  name: 'orders-db',
  kind: 'postgres',
  services: ['production/shop/orders'],
  owner: { owner: 'team-orders', rank: 'declaration' },
  locations: [],
  keys: [],
  fingerprint: undefined,
  rotation: 'every 24h',
  lastRotated: undefined,
  expires: undefined,
  problems: [],
  sources: [],
};
const service = (environment: string, name: string, owner?: string) => {
  const id = `${environment}/shop/${name}`;
  const claim = owner === undefined ? undefined : { owner, rank: 'label' as const };
  // Only what the judgement reads of a service.
  return [id, { id, environment, owner: claim } as ServiceRecord] as const;
};
const SERVICES = new Map([
  service('production', 'orders', 'team-orders'),
  service('production', 'payments', 'team-payments'),
  service('staging', 'orders', 'team-orders'),
  service('production', 'legacy'),
]);
const at = (file: string) => ({ file, line: 1, column: 1, in: 'file' as const });

const CASES: readonly [what: string, change: Partial<CredentialRecord>, problems: string[]][] = [
  ['nothing where it is governed', {}, []],
  ['unowned', { owner: undefined, services: ['production/shop/legacy'] }, ['unowned']],
  ['unowned where nobody uses it', { owner: undefined, services: [] }, ['unowned']],
  ['no-rotation', { rotation: undefined }, ['no-rotation']],
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

  it('takes the team that owns every service that uses it for the owner', () => {
    const record = { ...GOVERNED, owner: undefined };
    expect(governCredential(record, SERVICES, NOW).owner).toBe('team-orders');
    const services = ['production/shop/orders', 'production/shop/payments'];
    expect(governCredential({ ...record, services }, SERVICES, NOW).owner).toBeNull();
  });
});
