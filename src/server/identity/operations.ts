import type { Clock } from '../../base/clock.ts';
import { matchWorkload } from '../../identity/host/index.ts';
import { type IdentityRoutes, identityRoutes } from '../http/routes/identity/index.ts';
import type { IdentityConfig } from './config.ts';
import type { Identity } from './identity.ts';

/** The operations of the API that act on what runs. */
export function operationsOf(
  identity: Identity,
  config: IdentityConfig,
  clock: Clock,
): IdentityRoutes {
  const { registrar, supply, authorities, agents } = identity;
  return identityRoutes({
    ...identity,
    joinTokenLimits: config.attestation.joinTokens,
    clock,
    counts: () => authorities.counts(),
    explain: (workload) =>
      matchWorkload(registrar.index, { workload, now: clock(), denialOf: supply.denialOf }),
    agentServer: agents,
  });
}
