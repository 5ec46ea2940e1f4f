/** Agents: one a machine, joined to the server, handing out the identities of its machine. */
export {
  type AgentEnd,
  type AgentIdentity,
  type AgentPorts,
  bundleFingerprints,
  type LinkEvent,
  type PolicySink,
  type RunningAgent,
  runAgent,
} from './client/index.ts';
export { AgentConfig, AgentsConfig } from './config.ts';
export {
  type AgentEvent,
  type AgentServer,
  type AgentServerOptions,
  type AgentServerPorts,
  type AgentStatus,
  type AuthorityParts,
  agentServerPorts,
  type PolicyBytes,
  serveAgents,
  shownOf,
} from './server/index.ts';
export { chainOf } from './tls.ts';
