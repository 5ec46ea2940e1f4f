import { type Entry, isGivenBy, isOver } from '../../registration/index.ts';
import { parseSpiffeId, type SpiffeId } from '../../spiffe/index.ts';
import type { AgentsConfig } from '../config.ts';
import { agentNameOf } from '../names.ts';

type Limits = AgentsConfig['limits'];

/** Whether an agent may know of an entry, and hand its identity out: it is of nobody in particular or of this agent,
 *  and within what the agent is limited to. The id of an entry says both, so that it never changes for one entry. */
export function scopeOf(agent: SpiffeId, limits: Limits): (entry: Entry) => boolean {
  const allow = limitOf(agentNameOf(agent), limits);
  return (entry) =>
    isGivenBy(entry, agent.uri) && (allow === undefined || isAllowed(entry.spiffeId, allow));
}

/** Why an agent is not given an SVID of an entry, in words; undefined where it is. */
export function whyNot(
  entry: Entry,
  agent: SpiffeId,
  limits: Limits,
  now: number,
): string | undefined {
  if (!isGivenBy(entry, agent.uri)) return `it is handed out only by ${entry.parent}`;
  if (!scopeOf(agent, limits)(entry)) return 'it lies outside of what this agent may hand out';
  return isOver(entry, now) ? `it has expired: ${entry.expiresAt}` : undefined;
}

function limitOf(name: string, limits: Limits): readonly string[] | undefined {
  const fits = (agents: string): boolean =>
    agents.endsWith('*') ? name.startsWith(agents.slice(0, -1)) : name === agents;
  return limits.find(({ agents }) => fits(agents))?.allow;
}

function isAllowed(spiffeId: string, allow: readonly string[]): boolean {
  const { path } = parseSpiffeId(spiffeId);
  return allow.some((prefix) => {
    const folder = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
    return path === folder || path.startsWith(`${folder}/`);
  });
}
