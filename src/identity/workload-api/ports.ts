import type { Attestation, Peer, PeerReader } from '../attestation/index.ts';
import type { Selector, WhyNone } from '../registration/index.ts';
import type { TrustBundle } from '../spiffe/index.ts';

/** An X.509-SVID as its workload holds it. */
export interface HeldSvid {
  readonly spiffeId: string;
  readonly trustDomain: string;
  /** Certificates in DER, the leaf first. */
  readonly chain: readonly Buffer[];
  /** PKCS#8 in DER, not encrypted. */
  readonly privateKey: Buffer;
  /** Tells a workload's identities apart; empty: none. */
  readonly hint: string;
}

/** All that a workload is entitled to at one time, its default identity first. */
export interface Entitled {
  readonly kind: 'entitled';
  /** At least one. */
  readonly svids: readonly HeldSvid[];
  /** Those of its identities' trust domains, and those that it is federated with. */
  readonly bundles: readonly TrustBundle[];
  /** In DER. */
  readonly crls: readonly Buffer[];
}

/** No entry matches. */
export interface NotEntitled {
  readonly kind: 'none';
  readonly why: WhyNone;
}

/** Nothing can be said yet, and trying again will help. */
export interface Starting {
  readonly kind: 'starting';
  /** A sentence: what is waited for. */
  readonly because: string;
  /** What verifies others, where that is known before the workload's own identities are. */
  readonly trust?: Pick<Entitled, 'bundles' | 'crls'>;
}

export type Entitlement = Entitled | NotEntitled | Starting;

/** What a JWT-SVID is asked for. */
export interface JwtSvidWish {
  readonly selectors: readonly Selector[];
  /** At least one, none of them empty. */
  readonly audience: readonly string[];
  /** Absent: every identity of the workload. */
  readonly spiffeId?: string;
}

export interface IssuedJwt {
  readonly spiffeId: string;
  readonly token: string;
  readonly hint: string;
}

/** JWT-SVIDs, at least one; or why there is none, be it only of the identity that was asked for. */
export type JwtIssue =
  | { readonly kind: 'issued'; readonly svids: readonly IssuedJwt[] }
  | NotEntitled
  | Starting;

export interface JwtCheck {
  readonly token: string;
  readonly audience: string;
  /** Those of the workload that asks; no other may be used. */
  readonly bundles: readonly TrustBundle[];
}

export interface CheckedJwt {
  readonly spiffeId: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** How a call of the Workload API ended for its workload, for the audit log. */
export interface WorkloadCall {
  readonly method: string;
  readonly peer: Pick<Peer, 'pid' | 'uid' | 'gid'>;
  readonly selectors: readonly Selector[];
  /** Why it was refused; absent where it was served. */
  readonly refusedFor?: string;
  /** The identities that it was given; empty for one that only asked for bundles. */
  readonly spiffeIds: readonly string[];
}

/** What the Workload API needs of the rest. */
export interface WorkloadApiPorts {
  readonly peers: PeerReader;
  /** Says what the process is that has connected. Asked for each call, and before anything new is sent to it. */
  attest(peer: Peer): Promise<Attestation>;
  /** Tells what a workload is entitled to: as soon as possible, and again after each change, until what it gives
   *  is called. The same value for all workloads that are entitled to the same is encoded once. */
  watch(selectors: readonly Selector[], tell: (entitlement: Entitlement) => void): () => void;
  /** @throws {Fault} what cannot be signed */
  issueJwt(wish: JwtSvidWish, signal: AbortSignal): Promise<JwtIssue>;
  /** @throws {Fault} for a token that does not hold */
  checkJwt(check: JwtCheck): CheckedJwt;
  /** How long a workload waits to be told what it is entitled to, before it is sent away to ask again;
   *  `DEFAULT_WAIT_MS` if undefined. */
  readonly waitMs?: number;
  /** Hears of each message that is given to a workload, and of each refusal. */
  readonly onCall?: (call: WorkloadCall) => void;
}
