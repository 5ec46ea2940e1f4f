import { compareText } from '../../base/diagnostic.ts';
import type { Cluster, ClusterReader, ClusterSink } from '../kubernetes/resource.ts';
import { namespaceOf, type Workload, workloadsOf } from '../kubernetes/workload.ts';
import type { Membership } from './membership.ts';
import { type Mesh, Teller } from './tell.ts';
import type { Admission, InboundVerdict } from './verdict.ts';

/** What tells one mesh from another: its objects, and its rules over a workload. */
export interface MeshRules<Facts extends { readonly inUse: boolean }> {
  readonly name: Mesh;
  factsOf(cluster: Cluster): Facts;
  membershipOf(workload: Workload, facts: Facts): Membership;
  inboundMtls(workload: Workload, facts: Facts): readonly InboundVerdict[];
  admissionsOf(workload: Workload, facts: Facts): readonly Admission[];
  /** Where the mesh itself runs: that is not what it protects. */
  systemNamespaces(facts: Facts): readonly string[];
  /** What it says beside verdicts over workloads. */
  tellMore?(cluster: Cluster, sink: ClusterSink, teller: Teller): void;
}

/** Reads what a mesh enforces on each workload, where the cluster shows that the mesh is in use. */
export function meshReader<Facts extends { readonly inUse: boolean }>(
  rules: MeshRules<Facts>,
): ClusterReader {
  return {
    name: rules.name,
    read(cluster, sink) {
      const facts = rules.factsOf(cluster);
      if (!facts.inUse) return;
      const teller = new Teller(rules.name, sink);
      for (const workload of workloadsOf(cluster)) tellWorkload(rules, workload, facts, teller);
      rules.tellMore?.(cluster, sink, teller);
    },
  };
}

function tellWorkload<Facts extends { readonly inUse: boolean }>(
  rules: MeshRules<Facts>,
  workload: Workload,
  facts: Facts,
  teller: Teller,
): void {
  const isMember = rules.membershipOf(workload, facts).member;
  const platform = [...rules.systemNamespaces(facts), 'kube-system'];
  if (!isMember && platform.includes(namespaceOf(workload))) return;
  for (const verdict of rules.inboundMtls(workload, facts)) teller.posture(workload, verdict);
  if (!isMember) return;
  const admissions = rules.admissionsOf(workload, facts);
  for (const admission of admissions.toSorted((a, b) => compareText(a.policy, b.policy))) {
    teller.permission(workload, admission);
  }
}
