import { meshReader } from '../mesh/reader.ts';
import { admissionsOf } from './admission.ts';
import { kumaFacts, SYSTEM_NAMESPACES } from './facts.ts';
import { inboundMtls } from './inbound-mtls.ts';
import { membershipOf } from './injection.ts';

export { admissionsOf } from './admission.ts';
export { type KumaFacts, kumaFacts } from './facts.ts';
export { inboundMtls } from './inbound-mtls.ts';
export { membershipOf } from './injection.ts';

/** Reads what Kuma (or Kong Mesh, which is built on it) enforces between workloads. */
export const kuma = meshReader({
  name: 'kuma',
  factsOf: kumaFacts,
  membershipOf,
  inboundMtls,
  admissionsOf,
  systemNamespaces: () => SYSTEM_NAMESPACES,
});
