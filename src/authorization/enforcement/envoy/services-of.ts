import type { PolicyService } from '../../model/index.ts';
import type { ServicesOf } from '../ext-authz/index.ts';

const NONE: readonly string[] = [];

/** Which services a SPIFFE ID proves to be, by a policy. */
export function servicesByIdentity(services: readonly PolicyService[]): ServicesOf {
  const byIdentity = new Map<string, string[]>();
  for (const { id, identities } of services) {
    for (const identity of identities) {
      const known = byIdentity.get(identity);
      if (!known) byIdentity.set(identity, [id]);
      else if (!known.includes(id)) known.push(id);
    }
  }
  return (spiffeId) => byIdentity.get(spiffeId) ?? NONE;
}
