import type { SpanOperation, SpanParty } from '../../estate/spans/index.ts';
import type { EstateView, KnownService, Resolver } from '../ports.ts';

/** Services by the names they give themselves; identities `spiffe://example.org/NAME`. */
export const plainResolver: Resolver = {
  service: (party) => nameOf(party),
  servicesOf: (principal) => [principal.replace('spiffe://example.org/', '')],
  endpoint: (_, { protocol, method, path, route }: SpanOperation) => {
    return { protocol, method, template: route ?? path };
  },
};

function nameOf(party: SpanParty): string {
  if (party.by === 'name') return party.name;
  return party.by === 'address' ? `external/${party.host}` : party.identity;
}

/** An estate that knows these services, and nothing else. */
export function estateOf(services: Readonly<Record<string, Partial<KnownService>>>): EstateView {
  const known = new Map(
    Object.entries(services).map(([id, change]): [string, KnownService] => [
      id,
      {
        ...{ id, owner: 'team', kind: 'workload', exposure: 'internal', criticality: null },
        ...{ identity: `spiffe://example.org/${id}`, sensitivity: [], isVouchedFor: true },
        ...change,
      },
    ]),
  );
  return {
    service: (id) => known.get(id),
    endpoint: () => undefined,
    policy: () => 'unknown',
    changedAt: () => 0,
  };
}
