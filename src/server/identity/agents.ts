import { type AgentServer, agentServerPorts, serveAgents } from '../../identity/agent/index.ts';
import { createAttestors, machinePorts } from '../../identity/attestation/index.ts';
import type { Identity, IdentityParts } from './identity.ts';
import { keepTokenClusters } from './token-clusters.ts';

export interface ServedAgents {
  readonly server: AgentServer;
  close(): Promise<void>;
}

const GRACE_MS = 2_000;

/** Lets agents join, by join tokens and by the service accounts of clusters; undefined where the configuration lets
 *  nobody in.
 *  @throws {Fault} as `serveAgents` */
export async function letAgentsIn(
  { config, store, clock, log, clusterApi, policy }: IdentityParts,
  made: Pick<Identity, 'keeper' | 'registrar' | 'supply' | 'ownSvid' | 'joinTokens' | 'federation'>,
): Promise<ServedAgents | undefined> {
  const { agents, attestation } = config;
  if (agents === undefined) return undefined;
  const { keeper, registrar, supply, ownSvid, joinTokens, federation } = made;
  const kept = keepTokenClusters(config.clusters, clusterApi, { clock, log });
  const workload = machinePorts(attestation);
  const ports = agentServerPorts({
    ...{ keeper, supply, ownSvid, clock, entries: registrar },
    attestors: createAttestors(
      { clock, workload, clusters: kept.clusters, joinTokens },
      attestation,
    ),
    ...(policy && { policy }),
    federated: () => federation.bundles(),
    audit: async (entries) => void (await store.amend([], entries)),
    onEvent: (event) => log.info(event, 'agent'),
    onFailure: (thrown) => log.warn({ err: thrown }, 'agents were not told of a change'),
  });
  try {
    const server = await serveAgents(ports, { config: agents });
    return {
      server,
      close: async () => {
        await server.close(GRACE_MS);
        kept.close();
      },
    };
  } catch (thrown) {
    kept.close();
    throw thrown;
  }
}
