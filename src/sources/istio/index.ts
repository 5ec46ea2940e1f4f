import { meshReader } from '../mesh/reader.ts';
import { admissionsOf } from './admission.ts';
import { tellDestinationRules, tellExternalServices } from './destinations.ts';
import { istioFacts } from './facts.ts';
import { inboundMtls } from './inbound-mtls.ts';
import { membershipOf } from './injection.ts';
import { tellRoutes } from './routes.ts';

export { admissionsOf } from './admission.ts';
export { type IstioFacts, istioFacts } from './facts.ts';
export { inboundMtls } from './inbound-mtls.ts';
export { membershipOf } from './injection.ts';

/** Reads what Istio enforces between workloads, and the routes it gives them. */
export const istio = meshReader({
  name: 'istio',
  factsOf: istioFacts,
  membershipOf,
  inboundMtls,
  admissionsOf,
  systemNamespaces: ({ rootNamespace }) => [rootNamespace, 'istio-system'],
  tellMore(cluster, sink, teller) {
    tellDestinationRules(cluster, teller);
    tellRoutes(cluster, sink);
    tellExternalServices(cluster, sink);
  },
});
