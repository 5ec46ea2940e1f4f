import type { ClusterReader } from '../resource.ts';
import { readCalls } from './calls.ts';
import { readGatewayRoutes } from './gateway-api.ts';
import { readIngresses } from './ingress.ts';
import { readProbes } from './probes.ts';
import { readServices } from './service-routes.ts';
import { readWorkloads } from './workloads.ts';

const READS = [
  readWorkloads,
  readServices,
  readIngresses,
  readGatewayRoutes,
  readProbes,
  readCalls,
];

/** Reads the objects of Kubernetes itself, Gateway API and the objects of well-known operators. */
export const coreReader: ClusterReader = {
  name: 'kubernetes',
  read(cluster, sink) {
    for (const read of READS) read(cluster, sink);
  },
};
