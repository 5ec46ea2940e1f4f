import type { Clock } from '../../../../base/clock.ts';
import type { AgentServer } from '../../../../identity/agent/index.ts';
import type {
  AttestationConfig,
  DocumentJoinTokenStore,
} from '../../../../identity/attestation/index.ts';
import type { AuthorityKeeper, IssueCounts } from '../../../../identity/authority/index.ts';
import type { Federation } from '../../../../identity/federation/index.ts';
import type { IdentityHost } from '../../../../identity/host/index.ts';
import type { AttestedWorkload, Registrar } from '../../../../identity/registration/index.ts';
import type { Matched } from '../../../../identity/workload-api/index.ts';

/** What the operations of identity work with. */
export interface IdentityRoutesPorts {
  readonly keeper: AuthorityKeeper;
  readonly registrar: Registrar;
  readonly joinTokens: DocumentJoinTokenStore;
  /** How long join tokens hold. */
  readonly joinTokenLimits: Pick<AttestationConfig['joinTokens'], 'ttlSeconds' | 'maxTtlSeconds'>;
  readonly clock: Clock;
  /** What was issued and refused, by service. */
  counts(): Promise<IssueCounts>;
  /** The entries of a workload that are not revoked, or why there is none. */
  explain(workload: AttestedWorkload): Matched;
  /** What serves agents; absent: nothing does. */
  readonly agentServer?: Pick<AgentServer, 'address' | 'agents'> | undefined;
  /** Trust in other trust domains; absent: there is none. */
  readonly federation?: Pick<Federation, 'statuses' | 'set' | 'remove' | 'refresh'> | undefined;
  /** What serves the workloads of this machine; absent: nothing does. */
  readonly host?: Pick<IdentityHost, 'address' | 'status'> | undefined;
}
