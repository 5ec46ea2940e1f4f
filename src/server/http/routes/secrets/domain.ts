import type { EstateStore } from '../../../../estate/index.ts';
import type { RateLimiter } from '../../../auth/rate.ts';
import type { SecretsDomain } from '../../../secrets/domain.ts';
import type { Operation } from '../../operation.ts';
import { apiKeyOperations } from '../api-keys.ts';
import { keySetOperations } from '../key-sets.ts';
import { leakOperations } from '../leaks.ts';
import { leaseOperations } from '../leases.ts';
import { secretOperations } from './index.ts';

/** All that people and scripts ask of the domain. */
export function secretsDomainOperations(
  { secrets, apiKeys, keySets, dynamic, leaks, clock }: SecretsDomain,
  store: EstateStore,
  failures: RateLimiter,
): Operation[] {
  const ownerOf = async (service: string) => secrets.ownerOf({ service, owner: null });
  return [
    ...secretOperations(secrets),
    ...apiKeyOperations({ apiKeys, ownerOf, onChange: () => void secrets.feed.tell() }),
    ...keySetOperations(keySets, clock),
    ...leaseOperations({
      credentials: dynamic.credentials,
      ownerOf,
      ownerOfSecret: async (id) => secrets.ownerOf(await secrets.find(id)),
    }),
    ...leakOperations(leaks, store, failures),
  ];
}
