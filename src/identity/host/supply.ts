import type { KeyObject } from 'node:crypto';
import type { Denial, Shown } from '../authority/index.ts';
import type { Entry, Selector } from '../registration/index.ts';
import type { Matched, Trust } from '../workload-api/index.ts';

/** Where the identities of one machine come from: the authority itself, or an agent's link to it. */
export interface IdentitySupply {
  readonly trustDomain: string;
  /** The entries of a workload of this machine, or why there is none; of one SPIFFE ID where it is given. */
  match(selectors: readonly Selector[], spiffeId?: string): Matched;
  /** Whether an entry asks for a selector of this subject, such as `unix:sha256`. */
  asksFor(type: string, key: string): boolean;
  /** The bundles of these trust domains, as far as they are known, and what is revoked. */
  trustOf(trustDomains: ReadonlySet<string>): Trust;
  /** Has an X.509-SVID issued for a key that was made here and does not leave.
   *  @throws {Fault} why it is refused, or that nobody answers */
  issueX509(wish: X509Wish): Promise<SuppliedX509>;
  /** @throws {Fault} as `issueX509` */
  issueJwt(wish: JwtWish): Promise<SuppliedJwt>;
  /** The denial that an SVID falls under though it verifies. */
  denialOf(shown: Shown): Denial | undefined;
  /** Tells of changes from now on.
   *  @returns what ends it */
  onChange(listener: (change: SupplyChange) => void): () => void;
}

/** `entries`: who gets what; `trust`: bundles, or what is revoked; `reissue`: what was issued is to be replaced now. */
export type SupplyChange = 'entries' | 'trust' | 'reissue';

export interface X509Wish {
  readonly entry: Entry;
  readonly key: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

export interface JwtWish {
  readonly entry: Entry;
  /** At least one. */
  readonly audience: readonly string[];
}

export interface SuppliedX509 {
  /** DER, the leaf first, up to what an anchor signed. */
  readonly chain: readonly Buffer[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface SuppliedJwt {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}
