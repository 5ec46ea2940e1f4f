import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Fault, messageOf } from '../../../base/fault.ts';
import {
  createGrpcServer,
  type EndedCall,
  type GrpcRefusal,
  type GrpcServer,
} from '../../../base/grpc/index.ts';
import type { AgentsConfig } from '../config.ts';
import { Feed } from './feed.ts';
import { AgentGate, addressOf, type ConnectedAgent } from './gate.ts';
import type { AgentServerPorts, ShownSvid } from './ports.ts';
import { agentService, OPEN_PATHS } from './service.ts';
import { ShownSvids, tlsOf } from './shown-svids.ts';
import { TurnedAway } from './turned-away.ts';

/** Requests of agents are small; nobody who has not joined is waited for. */
const LIMITS = {
  maxMessageBytes: 64 * 1_024,
  maxInflatedBytes: 64 * 1_024,
  maxBufferedBytes: 256 * 1_024 * 1_024,
  maxCallsPerConnection: 256,
  messageSeconds: 10,
  answerSeconds: 10,
};
const CALLS_PER_CONNECTION = 5;
const FIRST_SVID_MS = 10_000;

export interface AgentServerOptions {
  readonly config: AgentsConfig;
  /** Hears of every call when it is answered. */
  readonly onEnd?: (call: EndedCall) => void;
  /** Hears of what ends before it is a call. */
  readonly onRefused?: (reason: GrpcRefusal) => void;
}

/** An agent that is connected. */
export interface AgentStatus {
  /** SPIFFE ID. */
  readonly agent: string;
  readonly from: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** When the identity that it shows expires. */
  readonly expiresAt: number;
}

export interface AgentServer {
  /** `127.0.0.1:7072` */
  readonly address: string;
  readonly port: number;
  /** Those that watch now. */
  agents(): readonly AgentStatus[];
  readonly calls: GrpcServer['calls'];
  readonly connections: GrpcServer['connections'];
  /** Ends the streams, so that agents connect again, and gives calls `graceMs` to end. */
  close(graceMs: number): Promise<void>;
}

/** Serves `reeve.agent.v1.Agent`, always in TLS with the server's own SVID: whoever connects proves who it is by a
 *  certificate, or has a proof to join with.
 *  @throws {Fault} `identity/agents-port-unavailable`, `identity/agents-unavailable` where the server has no identity
 *  of its own */
export async function serveAgents(
  ports: AgentServerPorts,
  { config, onEnd, onRefused }: AgentServerOptions,
): Promise<AgentServer> {
  const own = await firstSvid(ports);
  const shown = new ShownSvids(ports);
  const feed = new Feed(ports);
  const gate = new AgentGate(ports);
  const turnedAway = new TurnedAway(ports);
  const watching = new Set<AgentStatus>();
  const grpc = createGrpcServer({
    services: [
      agentService({
        ports,
        config,
        gate,
        feed,
        onWatch: (agent) => watched(agent, watching, ports),
      }),
    ],
    limits: {
      ...LIMITS,
      maxConnections: config.maxConnections,
      maxCalls: config.maxConnections * CALLS_PER_CONNECTION,
    },
    hasReflection: true,
    tls: {
      ...tlsOf(own),
      // without `ca`: once OpenSSL is content with a chain, Node shows no more of it than the leaf
      asksForCertificate: true,
      shownTo: (serverName) => shown.shownTo(serverName),
    },
    admit: ({ path, socket }) => {
      if (OPEN_PATHS.includes(path)) return;
      try {
        gate.admit(socket);
      } catch (thrown) {
        turnedAway.note(thrown, addressOf(socket), gate.nameOf(socket));
        throw thrown;
      }
    },
    ...(onEnd && { onEnd }),
    ...(onRefused && { onRefused }),
  });
  const unsubscribe = ports.onOwnSvid((svid) => {
    shown.add(svid);
    grpc.setTls(tlsOf(svid));
  });
  const end = (): void => {
    unsubscribe();
    feed.close();
  };
  try {
    const port = await listen(grpc, config);
    return {
      address: `${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
      port,
      agents: () => [...watching],
      calls: grpc.calls,
      connections: grpc.connections,
      close: async (graceMs) => {
        end();
        await grpc.close(graceMs);
      },
    };
  } catch (thrown) {
    end();
    throw thrown;
  }
}

/** What the server shows first: it is issued while the server starts. */
function firstSvid({ onOwnSvid }: AgentServerPorts): Promise<ShownSvid> {
  return new Promise((resolve, reject) => {
    const fault = new Fault(
      'identity/agents-unavailable',
      `The server got no identity of its own within ${FIRST_SVID_MS / 1_000} seconds`,
      { hint: 'the log says why' },
    );
    const timer = setTimeout(() => {
      unsubscribe();
      reject(fault);
    }, FIRST_SVID_MS);
    const unsubscribe = onOwnSvid((svid) => {
      clearTimeout(timer);
      resolve(svid);
      // it may be told before there is anything to end
      queueMicrotask(() => unsubscribe());
    });
  });
}

function watched(
  { id, from, expiresAt }: ConnectedAgent,
  watching: Set<AgentStatus>,
  { clock, onEvent }: AgentServerPorts,
): () => void {
  const status = { agent: id.uri, from, since: clock(), expiresAt };
  watching.add(status);
  onEvent?.({ event: 'connected', agent: id.uri, from });
  return () => {
    watching.delete(status);
    onEvent?.({ event: 'gone', agent: id.uri, from });
  };
}

async function listen({ server }: GrpcServer, { host, port }: AgentsConfig): Promise<number> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (thrown) {
    throw new Fault(
      'identity/agents-port-unavailable',
      `Agents cannot be served at ${host}:${port}: ${messageOf(thrown)}`,
      { hint: 'set `identity.agents.host` and `identity.agents.port`', cause: thrown },
    );
  }
}
