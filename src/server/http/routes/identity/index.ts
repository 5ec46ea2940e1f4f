import type { Operation } from '../../operation.ts';
import { authorityOperations } from './authorities.ts';
import { denialOperations } from './denials.ts';
import { DenyFeed } from './deny-feed.ts';
import { entryOperations } from './entries.ts';
import { explainOperations } from './explain.ts';
import { federationOperations } from './federation.ts';
import { agentOperations } from './join-tokens.ts';
import { openIdOperations } from './openid.ts';
import { overviewOperations } from './overview.ts';
import type { IdentityRoutesPorts } from './ports.ts';

/** Operations on identities, authorities, agents and federation. */
export type { IdentityRoutesPorts } from './ports.ts';

export interface IdentityRoutes {
  readonly operations: readonly Operation[];
  /** Answers those that wait for the deny list to change: before the server stops listening. */
  close(): void;
}

export function identityRoutes(ports: IdentityRoutesPorts): IdentityRoutes {
  const feed = new DenyFeed(ports.keeper);
  return {
    operations: [
      ...overviewOperations(ports),
      ...entryOperations(ports),
      ...explainOperations(ports),
      ...authorityOperations(ports),
      ...denialOperations(ports, feed),
      ...agentOperations(ports),
      ...openIdOperations(ports),
      ...federationOperations(ports),
    ],
    close: () => feed.close(),
  };
}
