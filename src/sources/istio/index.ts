import { compareText } from '../../base/diagnostic.ts';
import type { ClusterReader } from '../kubernetes/resource.ts';
import { namespaceOf, type Workload, workloadsOf } from '../kubernetes/workload.ts';
import { Teller } from '../mesh/tell.ts';
import { admissionsOf } from './admission.ts';
import { tellDestinationRules, tellExternalServices } from './destinations.ts';
import { type IstioFacts, istioFacts } from './facts.ts';
import { inboundMtls } from './inbound-mtls.ts';
import { membershipOf } from './injection.ts';
import { tellRoutes } from './routes.ts';

export { admissionsOf } from './admission.ts';
export { type IstioFacts, istioFacts } from './facts.ts';
export { inboundMtls } from './inbound-mtls.ts';
export { membershipOf } from './injection.ts';

/** Reads what Istio enforces between workloads, and the routes it gives them. */
export const istio: ClusterReader = {
  name: 'istio',
  read(cluster, sink) {
    const facts = istioFacts(cluster);
    if (!facts.inUse) return;
    const teller = new Teller('istio', sink);
    for (const workload of workloadsOf(cluster)) tellWorkload(workload, facts, teller);
    tellDestinationRules(cluster, teller);
    tellRoutes(cluster, sink);
    tellExternalServices(cluster, sink);
  },
};

function tellWorkload(workload: Workload, facts: IstioFacts, teller: Teller): void {
  const isMember = membershipOf(workload, facts).member;
  if (!isMember && isPlatform(workload, facts)) return;
  for (const verdict of inboundMtls(workload, facts)) teller.posture(workload, verdict);
  if (!isMember) return;
  const admissions = admissionsOf(workload, facts);
  for (const admission of admissions.toSorted((a, b) => compareText(a.policy, b.policy))) {
    teller.permission(workload, admission);
  }
}

/** What runs the mesh and the cluster is not what the mesh protects. */
function isPlatform(workload: Workload, { rootNamespace }: IstioFacts): boolean {
  return [rootNamespace, 'istio-system', 'kube-system'].includes(namespaceOf(workload));
}
