import type { TrustBundle } from '../spiffe/index.ts';
import type { Relation } from './relation.ts';
import type { EndpointProfile } from './relation-schema.ts';
import type { BundleOrigin, HeldBundle } from './store/index.ts';

/** What is known of the bundle of a foreign trust domain.
 *  - `none`: there is no bundle, and nobody of the trust domain is believed
 *  - `unconfirmed`: it was given by a person, and its endpoint has not been heard yet
 *  - `fresh`: its endpoint had it when it was last asked
 *  - `stale`: its endpoint could not be asked, or said what is not believed; the bundle stays */
export type BundleState = 'none' | 'unconfirmed' | 'fresh' | 'stale';

/** How federation with one trust domain goes. Times are in milliseconds since 1970. */
export interface FederationStatus {
  readonly trustDomain: string;
  readonly url: string;
  readonly profile: EndpointProfile;
  readonly endpointSpiffeId: string | null;
  readonly allowOlder: boolean;
  /** `configuration`: it can only be changed in the configuration file. */
  readonly origin: Relation['origin'];
  readonly state: BundleState;
  readonly bundle: BundleSummary | null;
  readonly lastSuccessAt: number | null;
  /** Stays when a fetch succeeds: it is past where `lastSuccessAt` is later. */
  readonly lastFailure: FetchFailure | null;
  /** Fetches that have failed since the last that did not. */
  readonly failures: number;
  /** Null while the bundle is being fetched. */
  readonly nextTryAt: number | null;
}

export interface BundleSummary {
  readonly origin: BundleOrigin;
  readonly changedAt: number;
  /** Decimal digits: it may have 64 bits. Null where the bundle has none. */
  readonly sequence: string | null;
  readonly refreshHintSeconds: number | null;
  /** How many there are. Where both are none, nothing is trusted. */
  readonly x509Authorities: number;
  readonly jwtAuthorities: number;
}

export interface FetchFailure {
  readonly at: number;
  readonly code: string;
  readonly why: string;
  readonly hint: string | null;
}

/** What a watch knows beside its relation and its bundle. */
export interface WatchProgress {
  readonly failures: number;
  readonly lastFailure: FetchFailure | null;
  readonly nextTryAt: number | null;
}

export function statusOf(
  relation: Relation,
  held: HeldBundle | undefined,
  { failures, lastFailure, nextTryAt }: WatchProgress,
): FederationStatus {
  const { trustDomain, url, profile, endpointId, allowOlder, origin } = relation;
  return {
    ...{ trustDomain, url, profile, endpointSpiffeId: endpointId?.uri ?? null, allowOlder, origin },
    state: stateOf(held, failures),
    bundle: held ? summaryOf(held) : null,
    lastSuccessAt: held?.confirmedAt ?? null,
    ...{ lastFailure, failures, nextTryAt },
  };
}

function stateOf(held: HeldBundle | undefined, failures: number): BundleState {
  if (held === undefined) return 'none';
  if (failures > 0) return 'stale';
  return held.confirmedAt === null ? 'unconfirmed' : 'fresh';
}

function summaryOf({ bundle, origin, changedAt }: HeldBundle): BundleSummary {
  const { sequence, refreshHintSeconds, x509Authorities, jwtAuthorities }: TrustBundle = bundle;
  return {
    ...{ origin, changedAt },
    sequence: sequence?.toString() ?? null,
    refreshHintSeconds: refreshHintSeconds ?? null,
    x509Authorities: x509Authorities.length,
    jwtAuthorities: jwtAuthorities.length,
  };
}
