import type { Criticality, Protocol, Source } from '../../estate/words.ts';
import type { Guardrail } from './guardrail.ts';

/** What authorisation knows of an estate: who is who, what there is to call, who declares which calls, and what the
 *  organisation forbids. Plain data, which can be sent to wherever decisions are made. The order of its lists means
 *  nothing. */
export interface Policy {
  readonly services: readonly PolicyService[];
  readonly endpoints: readonly PolicyEndpoint[];
  readonly grants: readonly Grant[];
  readonly guardrails: readonly Guardrail[];
}

/** `enforce`: what is denied is refused; `shadow`: it is decided and logged, and let through. */
export type EnforcementMode = 'enforce' | 'shadow';

/** A service, as caller and as callee. */
export interface PolicyService {
  /** `environment/namespace/name` */
  readonly id: string;
  readonly environment: string;
  readonly namespace: string;
  readonly name: string;
  readonly kind: 'workload' | 'datastore' | 'external';
  /** SPIFFE IDs, any of which proves to be this service; none: nobody can prove it. Several services may share one. */
  readonly identities: readonly string[];
  /** The team that answers. */
  readonly owner: string | undefined;
  readonly criticality: Criticality | undefined;
  readonly sensitivity: readonly string[];
  readonly exposure: 'internet' | 'internal';
  /** Names of the groups that it is in, directly or by others. */
  readonly groups: readonly string[];
  /** Of calls to it. */
  readonly mode: EnforcementMode;
}

/** Something that can be called, where a source is sure that it exists, or people have decided about it. */
export interface PolicyEndpoint {
  /** The id of its service. */
  readonly service: string;
  readonly protocol: Protocol;
  /** As in the estate: `GET`, `ANY`, `RPC`, `QUERY`, `PUBLISH` … */
  readonly method: string;
  readonly template: string;
  readonly owner: string | undefined;
  readonly criticality: Criticality | undefined;
  readonly sensitivity: readonly string[];
  readonly deprecated: boolean;
  /** A person has decided that nobody may call it any more. */
  readonly blocked: boolean;
}

/** A declared call: what its caller's team has written in its declaration. */
export interface Grant {
  /** Ids of services. */
  readonly from: string;
  readonly to: string;
  /** `GET /orders/{id}`, `GET /v1/**`, `payments.v1.Cards/Charge`, `QUERY order`; `*`: every operation. */
  readonly operation: string;
  /** The line that declares it. */
  readonly source: Source;
}
