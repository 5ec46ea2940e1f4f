import type { Clock } from '../../../../base/clock.ts';
import type {
  AttestationConfig,
  DocumentJoinTokenStore,
} from '../../../../identity/attestation/index.ts';
import type { Asking, AuthorityKeeper, IssueCounts } from '../../../../identity/authority/index.ts';
import type { IdentityHost } from '../../../../identity/host/index.ts';
import type { AttestedWorkload, Registrar } from '../../../../identity/registration/index.ts';
import type { Matched } from '../../../../identity/workload-api/index.ts';
import type { AgentView, FederationView } from './views.ts';

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
  /** The agents that are known; absent: none are served. */
  agents?(): readonly AgentView[];
  /** Trust in other trust domains; absent: there is none. */
  readonly federation?: FederationPort;
  /** What serves the workloads of this machine; absent: nothing does. */
  readonly host?: Pick<IdentityHost, 'address' | 'status'> | undefined;
}

export interface FederationPort {
  statuses(): readonly FederationView[];
  /** @throws {Fault} `identity/federation-invalid` and others, where the wish is refused */
  set(wish: unknown, by: Asking): Promise<void>;
  /** @throws {Fault} `identity/federation-not-found` */
  remove(trustDomain: string, by: Asking): Promise<void>;
  /** Fetches a bundle now.
   *  @throws {Fault} why it could not be had */
  refresh(trustDomain: string): Promise<void>;
}
