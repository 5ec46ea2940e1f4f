import { compareText } from '../../base/diagnostic.ts';
import type { ClusterReader } from '../kubernetes/resource.ts';
import { namespaceOf, type Workload, workloadsOf } from '../kubernetes/workload.ts';
import { Teller } from '../mesh/tell.ts';
import { admissionsOf } from './admission.ts';
import { type LinkerdFacts, linkerdFacts } from './facts.ts';
import { inboundMtls } from './inbound-mtls.ts';
import { membershipOf } from './injection.ts';

export { admissionsOf } from './admission.ts';
export { type LinkerdFacts, linkerdFacts } from './facts.ts';
export { inboundMtls } from './inbound-mtls.ts';
export { membershipOf } from './injection.ts';

/** Reads what Linkerd enforces between workloads. */
export const linkerd: ClusterReader = {
  name: 'linkerd',
  read(cluster, sink) {
    const facts = linkerdFacts(cluster);
    if (!facts.inUse) return;
    const teller = new Teller('linkerd', sink);
    for (const workload of workloadsOf(cluster)) tellWorkload(workload, facts, teller);
  },
};

function tellWorkload(workload: Workload, facts: LinkerdFacts, teller: Teller): void {
  const isMember = membershipOf(workload, facts).member;
  if (!isMember && isPlatform(workload)) return;
  for (const verdict of inboundMtls(workload, facts)) teller.posture(workload, verdict);
  if (!isMember) return;
  const admissions = admissionsOf(workload, facts);
  for (const admission of admissions.toSorted((a, b) => compareText(a.policy, b.policy))) {
    teller.permission(workload, admission);
  }
}

/** What runs the mesh and the cluster is not what the mesh protects. */
function isPlatform(workload: Workload): boolean {
  return ['linkerd', 'linkerd-viz', 'linkerd-cni', 'kube-system'].includes(namespaceOf(workload));
}
