import type { NewAuditEntry } from '../../../estate/index.ts';
import type { TrustBundle } from '../../spiffe/index.ts';
import type { RelationWish } from '../relation-schema.ts';

/** Where a bundle came from: its endpoint, or a person who gave it. */
export type BundleOrigin = 'endpoint' | 'given';

/** The bundle of a foreign trust domain, as it is kept. */
export interface HeldBundle {
  readonly bundle: TrustBundle;
  readonly origin: BundleOrigin;
  /** When it became what it is, in milliseconds since 1970. */
  readonly changedAt: number;
  /** When its endpoint was last heard to have it; null: never. */
  readonly confirmedAt: number | null;
  /** SHA-256 of the document that was last given by a person; null: none was. */
  readonly given: string | null;
}

/** A relation that somebody has set, and who. */
export interface HeldRelation {
  readonly wish: RelationWish;
  readonly setBy: string;
  /** Milliseconds since 1970. */
  readonly setAt: number;
}

/** All that is kept, by trust domain. */
export interface KeptFederation {
  readonly bundles: ReadonlyMap<string, HeldBundle>;
  readonly relations: ReadonlyMap<string, HeldRelation>;
  /** What was kept and cannot be read: it is fetched, or set, anew. */
  readonly damaged: readonly string[];
}

/** What is to be kept of one trust domain. Undefined: as it is; null: nothing any more. */
export interface FederationChange {
  readonly trustDomain: string;
  readonly bundle?: HeldBundle | null;
  readonly relation?: HeldRelation | null;
  readonly entries: readonly NewAuditEntry[];
}
