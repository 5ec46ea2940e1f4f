import { createHmac, randomBytes } from 'node:crypto';
import type { DeliveryTarget, Secret } from '../../model/index.ts';
import { DeliveryConfig, type DeliveryParts } from '../index.ts';

const key = randomBytes(32);

export const SECRET_ID = 'production/shop/orders/orders-db';

/** A secret as rotations hand it to deliveries. */
export function secretWith(deliver: readonly DeliveryTarget[], current = 1): Secret {
  return {
    ...{ id: SECRET_ID, name: 'orders-db', service: 'production/shop/orders', kind: 'postgres' },
    ...{ owner: 'team-orders', consumers: [], createdAt: '2026-01-05T12:00:00Z', createdBy: 'ada' },
    ...{ versions: [], labels: { current }, run: null, taken: null },
    ...{ lastRotated: null, nextRotation: null },
    plan: {
      ...{ rotator: 'postgres', config: {}, admin: null, everySeconds: 86_400, jitter: 0 },
      ...{ windows: [], overlapSeconds: 3_600, deliver: [...deliver] },
    },
  };
}

/** What deliveries need, with a key of their own and no patience. */
export const partsOf = (more: Partial<DeliveryParts> = {}): DeliveryParts => ({
  config: DeliveryConfig.parse({ waitSeconds: 0 }),
  clusterOf: () => {
    throw new TypeError('there is no cluster');
  },
  currentOf: async () => undefined,
  fingerprint: (text) => createHmac('sha256', key).update(text).digest('hex').slice(0, 32),
  clock: Date.now,
  ...more,
});
