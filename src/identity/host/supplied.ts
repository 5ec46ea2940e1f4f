import { generateKeyPairSync } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { after } from '../../base/timer.ts';
import type { SvidCachePorts } from '../workload-api/index.ts';
import type { IdentitySupply } from './supply.ts';

/** What a cache of SVIDs has of a supply: each new SVID has a new key, made here. */
export function supplied(
  supply: IdentitySupply,
  clock: Clock,
): Omit<SvidCachePorts, 'match' | 'onFailure'> {
  return {
    trustOf: (trustDomains) => supply.trustOf(trustDomains),
    issue: async (entry) => {
      const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { chain, expiresAt } = await supply.issueX509({ entry, key });
      const privateKey = key.privateKey.export({ format: 'der', type: 'pkcs8' });
      return { chain, privateKey, expiresAt };
    },
    clock,
    random: Math.random,
    after,
  };
}
