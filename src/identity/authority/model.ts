import type { NewAuditEntry } from '../../estate/index.ts';
import type { Denial, DenialRequest, RevocationState } from './revocation.ts';

/** What an authority signs: X.509-SVIDs (a certificate authority) or JWT-SVIDs (a key). */
export const AUTHORITY_KINDS = ['x509', 'jwt'] as const;
export type AuthorityKind = (typeof AUTHORITY_KINDS)[number];

/** Two clocks at one instant, in milliseconds. `wall` is the time of day since 1970: it may jump, and
 *  what is compared with certificates. `steady` never goes back and never runs faster than time itself
 *  (it may stand still while nothing runs): how long ago something was published is measured by it. */
export interface Moment {
  readonly wall: number;
  readonly steady: number;
}

/** Where a signing authority is in its life. What is gone is no longer kept.
 *  - `prepared`: has a key and, where it needs one, a certificate; nobody knows of it
 *  - `published`: in the bundle, and signs nothing yet
 *  - `active`: signs; one of each kind
 *  - `retired`: signs nothing more, and is in the bundle until all that it signed has expired */
export type AuthorityStatus = 'prepared' | 'published' | 'active' | 'retired';

/** How fast a compromised authority goes. `orderly`: its successor is published a refresh hint ahead,
 *  so that nobody is refused meanwhile. `urgent`: its successor signs at once, and those who have not
 *  fetched the new bundle are refused until they have. */
export type TaintPace = 'orderly' | 'urgent';

/** A certificate authority or a key that signs JWT-SVIDs. Bytes are in base64, so that a state is
 *  plain data. The private key is kept apart, under the id. */
export interface SigningAuthority {
  /** Of a JWT authority: its key id. */
  readonly id: string;
  readonly kind: AuthorityKind;
  readonly status: AuthorityStatus;
  /** Milliseconds since 1970, like the two below. */
  readonly preparedAt: number;
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** Its certificate in DER; empty for a JWT authority. */
  readonly certificate: string;
  /** Certificates between a leaf and an anchor, its own first; empty where it is an anchor itself. */
  readonly chain: readonly string[];
  /** Certificates in DER that verifiers trust for its sake: its own, or its upstream's. */
  readonly anchors: readonly string[];
  /** On the steady clock, like the two below; null: not yet. */
  readonly publishedAt: number | null;
  readonly retiredAt: number | null;
  /** When it leaves the bundle though what it signed may still be valid: it is tainted. */
  readonly removeAt: number | null;
  /** A successor is to take its place before its time. */
  readonly isLeaving: boolean;
  readonly taint: TaintPace | null;
}

/** A new authority, as whoever makes keys and has them certified brings it. */
export type PreparedAuthority = Pick<
  SigningAuthority,
  'id' | 'kind' | 'notBefore' | 'notAfter' | 'publicKey' | 'certificate' | 'chain' | 'anchors'
>;

/** Whether a successor is being made, and when to try again. */
export interface Preparation {
  readonly isUnderWay: boolean;
  /** Failures one after the other. */
  readonly failures: number;
  /** On the steady clock: until then nothing is begun. One that is under way has failed by then. */
  readonly retryAt: number;
}

/** All that there is to know of a trust domain's authorities, private keys excepted. Plain data. */
export interface AuthorityState {
  readonly trustDomain: string;
  /** Of the bundle: grows with each change of what is in it. */
  readonly sequence: number;
  /** The latest steady time that was seen. */
  readonly steady: number;
  readonly authorities: readonly SigningAuthority[];
  readonly preparations: Readonly<Record<AuthorityKind, Preparation>>;
  readonly revocation: RevocationState;
}

/** Who asks, and why. */
export interface Asking {
  readonly actor: string;
  readonly reason: string;
}

export type AuthorityEvent =
  | { readonly event: 'tick' }
  /** What was asked for by the effect `prepare`; its key has been kept. */
  | { readonly event: 'prepared'; readonly authority: PreparedAuthority }
  | { readonly event: 'not-prepared'; readonly kind: AuthorityKind; readonly why: string }
  /** A successor before its time. */
  | { readonly event: 'rotate'; readonly kind: AuthorityKind; readonly by: Asking }
  | {
      readonly event: 'taint';
      readonly id: string;
      readonly pace: TaintPace;
      readonly by: Asking;
    }
  | { readonly event: 'revoke'; readonly denials: readonly DenialRequest[]; readonly by: Asking }
  /** Denials that no longer hold. */
  | { readonly event: 'lift'; readonly ids: readonly string[]; readonly by: Asking };

export type AuthorityEffect =
  /** Make a key and have it certified; answer with `prepared` or `not-prepared`. */
  | {
      readonly effect: 'prepare';
      readonly kind: AuthorityKind;
      readonly notBefore: number;
      readonly notAfter: number;
    }
  /** The bundle has changed: push it. */
  | { readonly effect: 'publish'; readonly sequence: number }
  /** Another authority signs from now on. */
  | { readonly effect: 'activated'; readonly kind: AuthorityKind; readonly id: string }
  /** Whatever this authority signed is to be issued anew, at once. */
  | { readonly effect: 'reissue'; readonly kind: AuthorityKind; readonly id: string }
  /** The authority is gone: destroy its private key. */
  | { readonly effect: 'forget'; readonly kind: AuthorityKind; readonly id: string }
  /** The deny list has changed: push it to enforcement points. */
  | {
      readonly effect: 'deny';
      readonly sequence: number;
      readonly added: readonly Denial[];
    }
  /** To be kept in the transaction that keeps the state. */
  | { readonly effect: 'audit'; readonly entry: NewAuditEntry };

export interface Step {
  readonly state: AuthorityState;
  readonly effects: readonly AuthorityEffect[];
}

const IDLE: Preparation = { isUnderWay: false, failures: 0, retryAt: 0 };

/** The state of a trust domain that has no authority yet; a tick asks for the first. */
export function emptyState(trustDomain: string): AuthorityState {
  return {
    trustDomain,
    sequence: 0,
    steady: 0,
    authorities: [],
    preparations: { x509: IDLE, jwt: IDLE },
    revocation: { sequence: 0, denials: [] },
  };
}
