import {
  createGrpcServer,
  type EndedCall,
  type GrpcRefusal,
  type GrpcServer,
  type GrpcService,
  listenOnUnixSocket,
} from '../../base/grpc/index.ts';
import type { Attestation, Peer } from '../attestation/index.ts';
import type { WorkloadApiConfig } from './config.ts';
import { WORKLOAD_API } from './description.ts';
import { type ConnectedPeers, connectedPeers } from './peers.ts';
import type { WorkloadApiPorts } from './ports.ts';
import { workloadApi } from './service.ts';

/** Requests of this API are small; all of them together need not hold much. The first of an Envoy lists all that the
 *  Envoy is built of, which is 60 KB alone. */
const LIMITS = {
  maxMessageBytes: 1_024 * 1_024,
  maxInflatedBytes: 1_024 * 1_024,
  maxCallsPerConnection: 1_024,
  messageSeconds: 10,
};

export interface WorkloadApiOptions {
  /** The Unix socket. */
  readonly path: string;
  readonly config: WorkloadApiConfig;
  /** What else is served on the socket, to the same peers. */
  readonly more?: (ports: WorkloadApiPorts) => readonly GrpcService[];
  readonly onEnd?: (call: EndedCall) => void;
  readonly onRefused?: (reason: GrpcRefusal) => void;
}

export interface WorkloadApiServer {
  /** `unix:///run/reeve/workload.sock`, for `SPIFFE_ENDPOINT_SOCKET`. */
  readonly address: string;
  readonly calls: GrpcServer['calls'];
  readonly connections: GrpcServer['connections'];
  /** Says to the health service whether identities can be had. */
  setServing(isServing: boolean): void;
  /** Ends the streams, so that workloads ask again, and gives calls `graceMs` to end. */
  close(graceMs: number): Promise<void>;
}

/** Serves the Workload API on a Unix socket, with health and reflection beside it.
 *  @throws {Fault} as `listenOnUnixSocket` */
export async function serveWorkloadApi(
  ports: WorkloadApiPorts,
  { path, config, more, onEnd, onRefused }: WorkloadApiOptions,
): Promise<WorkloadApiServer> {
  const peers = connectedPeers(ports.peers);
  const served = servedPorts(ports, peers, config);
  const { server, calls, connections, health, close } = createGrpcServer({
    services: [workloadApi(served), ...(more?.(served) ?? [])],
    limits: { ...LIMITS, maxConnections: config.maxConnections, maxCalls: config.maxStreams },
    hasReflection: true,
    onConnection: peers.onConnection,
    ...(onEnd && { onEnd }),
    ...(onRefused && { onRefused }),
  });
  await listenOnUnixSocket(server, { path, mode: Number.parseInt(config.socketMode, 8) });
  return {
    address: `unix://${path}`,
    calls,
    connections,
    setServing: (isServing) => health.set(WORKLOAD_API, isServing),
    close,
  };
}

/** The same ports, with peers that are remembered. */
function servedPorts(
  ports: WorkloadApiPorts,
  peers: ConnectedPeers,
  { waitSeconds }: WorkloadApiConfig,
): WorkloadApiPorts {
  return {
    peers,
    attest: onceAtATime((peer) => ports.attest(peer)),
    watch: (selectors, tell) => ports.watch(selectors, tell),
    issueJwt: (wish, signal) => ports.issueJwt(wish, signal),
    checkJwt: (check) => ports.checkJwt(check),
    waitMs: waitSeconds * 1_000,
    onCall: (call) => ports.onCall?.(call),
  };
}

/** All streams of a process may have to be attested again at once: one look at it is enough for them. */
function onceAtATime(attest: WorkloadApiPorts['attest']): WorkloadApiPorts['attest'] {
  const underWay = new Map<Peer, Promise<Attestation>>();
  return (peer) => {
    const known = underWay.get(peer);
    if (known) return known;
    const attesting = attest(peer).finally(() => underWay.delete(peer));
    underWay.set(peer, attesting);
    return attesting;
  };
}
