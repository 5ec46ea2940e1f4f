/** The server's side: agents join, are told of entries and trust, and have SVIDs issued. */

export { type AuthorityParts, agentServerPorts } from './authority-ports.ts';
export { shownOf } from './gate.ts';
export type {
  AgentEvent,
  AgentServerPorts,
  AgentSvidRequest,
  AllTrust,
  PolicyBytes,
  ShownSvid,
} from './ports.ts';
export {
  type AgentServer,
  type AgentServerOptions,
  type AgentStatus,
  serveAgents,
} from './serve.ts';
