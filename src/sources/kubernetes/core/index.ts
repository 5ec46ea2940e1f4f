import type { ClusterReader } from '../resource.ts';
import { readAccounts } from './accounts.ts';
import { readCalls } from './calls.ts';
import { readEncryption } from './encryption.ts';
import { readGatewayRoutes } from './gateway-api.ts';
import { readIngresses } from './ingress.ts';
import { readNetworkPolicies } from './network-policy.ts';
import { readProbes } from './probes.ts';
import { readRbac } from './rbac/index.ts';
import { readSecretReferences } from './secret-references.ts';
import { readSecretStores } from './secret-stores.ts';
import { readSecrets } from './secrets.ts';
import { readServices } from './service-routes.ts';
import { readWorkloads } from './workloads.ts';

const READS = [
  readWorkloads,
  readAccounts,
  readServices,
  readIngresses,
  readGatewayRoutes,
  readProbes,
  readCalls,
  readNetworkPolicies,
  readRbac,
  readSecrets,
  readSecretReferences,
  readSecretStores,
  readEncryption,
];

/** Reads the objects of Kubernetes itself, Gateway API and the objects of well-known operators. */
export const coreReader: ClusterReader = {
  name: 'kubernetes',
  read(cluster, sink) {
    for (const read of READS) read(cluster, sink);
  },
};
