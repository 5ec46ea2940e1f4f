import { meshReader } from '../mesh/reader.ts';
import { admissionsOf } from './admission.ts';
import { linkerdFacts } from './facts.ts';
import { inboundMtls } from './inbound-mtls.ts';
import { membershipOf } from './injection.ts';

export { admissionsOf } from './admission.ts';
export { type LinkerdFacts, linkerdFacts } from './facts.ts';
export { inboundMtls } from './inbound-mtls.ts';
export { membershipOf } from './injection.ts';

/** Reads what Linkerd enforces between workloads. */
export const linkerd = meshReader({
  name: 'linkerd',
  factsOf: linkerdFacts,
  membershipOf,
  inboundMtls,
  admissionsOf,
  systemNamespaces: () => ['linkerd', 'linkerd-viz', 'linkerd-cni'],
});
