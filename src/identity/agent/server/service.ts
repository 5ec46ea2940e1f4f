import type { GrpcCall, GrpcMethod, GrpcService } from '../../../base/grpc/index.ts';
import { writeBundle } from '../../spiffe/index.ts';
import type { AgentsConfig } from '../config.ts';
import { AGENT_FILE, AGENT_SERVICE, pathOf, readMessage, writeMessage } from '../protocol/index.ts';
import type { Feed } from './feed.ts';
import type { AgentGate, ConnectedAgent } from './gate.ts';
import { Joining } from './joining.ts';
import type { AgentServerPorts } from './ports.ts';
import { Signing } from './signing.ts';
import { type WatchParts, watch } from './watch.ts';
import { watchPolicy } from './watch-policy.ts';

/** Methods that hosts call which have no identity yet. */
export const OPEN_PATHS: readonly string[] = [pathOf('Trust'), pathOf('Attest')];

export interface ServiceParts {
  readonly ports: AgentServerPorts;
  readonly config: AgentsConfig;
  readonly gate: AgentGate;
  readonly feed: Feed;
  /** Hears of agents that begin to watch; what it gives is called when they end. */
  readonly onWatch: (agent: ConnectedAgent) => () => void;
}

/** The service that agents call. Every other caller than those of `OPEN_PATHS` has been admitted before. */
export function agentService({ ports, config, gate, feed, onWatch }: ServiceParts): GrpcService {
  const joining = new Joining(ports, config);
  const signing = new Signing(ports, config);
  const ofAgent = (
    work: (message: Buffer, agent: ConnectedAgent) => Promise<Buffer>,
  ): GrpcMethod => ({
    kind: 'unary',
    handle: (message, { socket }) => work(message, gate.admit(socket)),
  });
  const partsOf = ({ socket }: GrpcCall): WatchParts => ({
    ...{ feed, limits: config.limits, clock: ports.clock },
    admit: () => gate.admit(socket),
  });
  return {
    name: AGENT_SERVICE,
    files: [AGENT_FILE],
    methods: {
      Trust: { kind: 'unary', handle: async (message) => trustOf(ports, message) },
      Attest: { kind: 'unary', handle: (message, call) => joining.attest(message, call) },
      Renew: ofAgent((message, agent) => joining.renew(message, agent)),
      SignX509: ofAgent((message, agent) => signing.x509(message, agent)),
      SignJwt: ofAgent((message, agent) => signing.jwt(message, agent)),
      Watch: {
        kind: 'server-stream',
        handle: async (message, answers, call) => {
          readMessage('WatchRequest', message);
          const parts = partsOf(call);
          const ended = onWatch(parts.admit());
          try {
            await watch(answers, call, parts);
          } finally {
            ended();
          }
        },
      },
      WatchPolicy: {
        kind: 'server-stream',
        handle: async (message, answers, call) => {
          const { revision } = readMessage('WatchPolicyRequest', message);
          await watchPolicy(answers, call, partsOf(call), ports.policy, revision);
        },
      },
    },
  };
}

/** The bundle, for hosts that know the fingerprint of one of its authorities: without that it proves nothing. */
function trustOf(ports: AgentServerPorts, message: Buffer): Buffer {
  readMessage('TrustRequest', message);
  return writeMessage('TrustResponse', { bundle: Buffer.from(writeBundle(ports.bundle())) });
}
