/** The agent's side: joins, is told of entries and trust, and hands out what the server issues. */
export { bundleFingerprints } from './bootstrap.ts';
export type { AgentIdentity } from './identity.ts';
export type { AgentEnd, LinkEvent } from './link.ts';
export { type AgentPorts, type RunningAgent, runAgent } from './run.ts';
export type { PolicySink } from './told-policy.ts';
