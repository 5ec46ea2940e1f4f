import type { ClusterReader } from '../kubernetes/resource.ts';
import { Teller } from '../mesh/tell.ts';
import { admissionsOf } from './admission.ts';
import { ciliumFacts } from './facts.ts';
import { inboundMtls } from './inbound-mtls.ts';

export { admissionsOf } from './admission.ts';
export { type CiliumFacts, ciliumFacts } from './facts.ts';
export { inboundMtls } from './inbound-mtls.ts';

/** Reads what Cilium lets through and authenticates. */
export const cilium: ClusterReader = {
  name: 'cilium',
  read(cluster, sink) {
    const facts = ciliumFacts(cluster);
    const teller = new Teller('cilium', sink);
    for (const workload of facts.workloads) {
      if (facts.authenticates) {
        for (const verdict of inboundMtls(workload, facts)) teller.posture(workload, verdict);
      }
      for (const admission of admissionsOf(workload, facts)) teller.permission(workload, admission);
    }
  },
};
