import { cilium } from '../cilium/index.ts';
import { istio } from '../istio/index.ts';
import { kongKubernetes } from '../kong/index.ts';
import { coreReader } from '../kubernetes/core/index.ts';
import type { ClusterReader } from '../kubernetes/resource.ts';
import { kuma } from '../kuma/index.ts';
import { linkerd } from '../linkerd/index.ts';

/** Readers of what meshes enforce. */
export const MESH_READERS: readonly ClusterReader[] = [istio, linkerd, kuma, cilium];

/** Readers of Kubernetes objects, from manifests or a running cluster. Apart from the readers of files, so
 *  that whoever reads a cluster does not load parsers of every language. */
export const CLUSTER_READERS: readonly ClusterReader[] = [
  coreReader,
  ...MESH_READERS,
  kongKubernetes,
];
