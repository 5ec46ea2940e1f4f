import { Fault, quote } from '../../base/fault.ts';
import { SERVER_PATH } from '../host/index.ts';
import { AGENTS_PATH } from '../registration/index.ts';
import { parseSpiffeId, type SpiffeId, spiffeIdOf } from '../spiffe/index.ts';

/** The identity that the server shows to agents. */
export function serverIdOf(trustDomain: string): SpiffeId {
  return parseSpiffeId(`spiffe://${trustDomain}${SERVER_PATH}`);
}

/** What stands for agents whose names are not known. */
export const agentsPathOf = (trustDomain: string): string =>
  `spiffe://${trustDomain}${AGENTS_PATH}`;

/** Whether an identity is an agent's. */
export function isAgentId({ path }: SpiffeId): boolean {
  return path.startsWith(`${AGENTS_PATH}/`);
}

/** What an agent is called in configurations: `k8s/prod/node-1` of
 *  `spiffe://example.org/reeve/agent/k8s/prod/node-1`. */
export function agentNameOf({ path }: SpiffeId): string {
  return path.slice(AGENTS_PATH.length + 1);
}

/** The agent of a node of a cluster.
 *  @throws {Fault} `identity/attestation-forbidden/agent-name` where a name of theirs fits no SPIFFE ID */
export function nodeAgentId(trustDomain: string, cluster: string, node: string): SpiffeId {
  const [, reserved = '', agent = ''] = AGENTS_PATH.split('/');
  try {
    return spiffeIdOf(trustDomain, reserved, agent, 'k8s', cluster, node);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    throw new Fault(
      'identity/attestation-forbidden/agent-name',
      `no agent can be called after the node ${quote(node)} of the cluster ${quote(cluster)}`,
      { hint: 'name the cluster with letters, digits, dots and dashes' },
    );
  }
}

const SERVER_NAME = /^([0-9a-f]{32})\.authority\.reeve$/;

/** The name by which an agent asks (SNI) for a certificate that this authority has signed: the only one that it knows
 *  may be one that signs nothing new any more.
 *  @param authority its id, as of `authorityId` */
export const serverNameOf = (authority: string): string => `${authority}.authority.reeve`;

/** The id of the authority of such a name; undefined for any other. */
export const authorityOfName = (serverName: string): string | undefined =>
  SERVER_NAME.exec(serverName)?.[1];
