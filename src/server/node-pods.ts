import { z } from 'zod';
import type { Log } from '../base/log.ts';
import { NodePods, type PodDirectory } from '../identity/attestation/index.ts';
import { accessOf, ClusterApi, followPods } from '../sources/kubernetes/live/index.ts';

/** Where a machine that is a node of Kubernetes learns which pods run on it. */
export const NodePodsConfig = z.strictObject({
  node: z
    .string()
    .max(253)
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'must be the name of a node')
    .describe('Name of the node, which the downward API gives as spec.nodeName'),
  cluster: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe('Name of the cluster in `clusters` of the server, where it has several'),
  kubeconfig: z
    .string()
    .min(1)
    .optional()
    .describe("Kubeconfig file; else the pod's service account is used"),
  waitMs: z
    .int()
    .min(0)
    .max(4_000)
    .default(1_000)
    .describe('How long a workload waits for its pod to be told of'),
});
export type NodePodsConfig = z.infer<typeof NodePodsConfig>;

export interface OpenNodePods extends PodDirectory {
  close(): Promise<void>;
}

/** Follows the pods of this node, for the attestation of workloads.
 *  @throws {Fault} `cluster/…` where the cluster cannot be reached as configured */
export async function openNodePods(config: NodePodsConfig, log: Log): Promise<OpenNodePods> {
  const { node, cluster, kubeconfig, waitMs } = config;
  const access = await accessOf(kubeconfig === undefined ? { inCluster: true } : { kubeconfig });
  const api = new ClusterApi(access);
  const pods = new LoggedPods({ node, cluster, waitMs });
  const follower = followPods(api, node, pods);
  pods.onChanged = () => {
    const { failure, isListed } = follower;
    if (failure) log.warn({ node, why: failure.message, hint: failure.hint }, 'pods are not told');
    else if (isListed) log.info({ node, pods: pods.size }, 'pods are told');
  };
  follower.start();
  return {
    podOf: (uid, containerId) => pods.podOf(uid, containerId),
    close: async () => {
      await follower.close();
      api.close();
    },
  };
}

class LoggedPods extends NodePods {
  onChanged: () => void = () => {};

  override changed(): void {
    this.onChanged();
  }
}
