import type { Identity } from './identity.ts';

/** What identity is and did, as counts. */
export interface IdentityFigures {
  readonly entries: number;
  readonly unregistered: number;
  readonly authorities: number;
  readonly denials: number;
  /** Agents that are connected. */
  readonly agents: number;
  /** Other trust domains whose bundles are known. */
  readonly federated: number;
  readonly connections: number;
  /** Streams of workloads. */
  readonly workloads: number;
  /** X.509-SVIDs that are kept fresh. */
  readonly svids: number;
  readonly issued: { readonly x509: number; readonly jwt: number; readonly refused: number };
}

/** The figures of this moment; `issued` since the first start. */
export async function figuresOf(identity: Identity): Promise<IdentityFigures> {
  const { keeper, registrar, authorities, host, agents, federation } = identity;
  const issued = { x509: 0, jwt: 0, refused: 0 };
  for (const sum of (await authorities.counts()).values()) {
    issued.x509 += sum.x509;
    issued.jwt += sum.jwt;
    issued.refused += sum.refused;
  }
  return {
    entries: registrar.index.size,
    unregistered: registrar.unregistered.length,
    authorities: keeper.state.authorities.length,
    denials: keeper.state.revocation.denials.length,
    agents: agents?.agents().length ?? 0,
    federated: federation.bundles().length,
    ...(host?.status ?? { connections: 0, workloads: 0, svids: 0 }),
    issued,
  };
}
