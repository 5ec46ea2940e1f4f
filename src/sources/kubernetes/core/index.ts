import type { ClusterReader } from '../resource.ts';
import { readWorkloads } from './workloads.ts';

export const KUBERNETES = 'kubernetes';

/** Reads the objects of Kubernetes itself, Gateway API and the objects of well-known operators. */
export const coreReader: ClusterReader = {
  name: KUBERNETES,
  read(cluster, sink) {
    for (const read of [readWorkloads]) read(cluster, sink);
  },
};
