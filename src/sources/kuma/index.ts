import { compareText } from '../../base/diagnostic.ts';
import type { ClusterReader } from '../kubernetes/resource.ts';
import { namespaceOf, type Workload, workloadsOf } from '../kubernetes/workload.ts';
import { Teller } from '../mesh/tell.ts';
import { admissionsOf } from './admission.ts';
import { type KumaFacts, kumaFacts, SYSTEM_NAMESPACES } from './facts.ts';
import { inboundMtls } from './inbound-mtls.ts';
import { membershipOf } from './injection.ts';

export { admissionsOf } from './admission.ts';
export { type KumaFacts, kumaFacts } from './facts.ts';
export { inboundMtls } from './inbound-mtls.ts';
export { membershipOf } from './injection.ts';

/** Reads what Kuma (or Kong Mesh, which is built on it) enforces between workloads. */
export const kuma: ClusterReader = {
  name: 'kuma',
  read(cluster, sink) {
    const facts = kumaFacts(cluster);
    if (!facts.inUse) return;
    const teller = new Teller('kuma', sink);
    for (const workload of workloadsOf(cluster)) tellWorkload(workload, facts, teller);
  },
};

function tellWorkload(workload: Workload, facts: KumaFacts, teller: Teller): void {
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
  return [...SYSTEM_NAMESPACES, 'kube-system'].includes(namespaceOf(workload));
}
