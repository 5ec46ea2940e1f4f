import { Fault, quote } from '../../base/fault.ts';
import { stableId } from '../../base/ids.ts';
import { BACKDATE_SECONDS, type CrlRequest, type RevocationReason } from '../x509/index.ts';
import type { Moment } from './model.ts';

/** What enforcement points refuse though its signature and its time are good.
 *  - `identity`: SVIDs of a SPIFFE ID that were issued before `issuedBefore`; where that is null, all
 *    of them. Until then, none is issued either
 *  - `serial`: one certificate of one authority
 *  - `key`: whatever has this public key in its chain; the value is the SHA-256 of its
 *    SubjectPublicKeyInfo in hexadecimal */
export type DeniedThing =
  | { readonly deny: 'identity'; readonly value: string; readonly issuedBefore: number | null }
  /** `authority` is the id of the one that issued it; serial numbers in lowercase hexadecimal. */
  | { readonly deny: 'serial'; readonly value: string; readonly authority: string }
  | { readonly deny: 'key'; readonly value: string };

export type DenialRequest = DeniedThing & {
  readonly why: RevocationReason;
  /** When what is denied has expired, in milliseconds since 1970; null: until it is lifted. */
  readonly until: number | null;
};

export type Denial = DenialRequest & {
  /** Names what is denied: a later denial of the same takes its place. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** On the steady clock: a clock that jumps ahead lets nothing in again. */
  readonly keepUntil: number | null;
};

/** Denials in force. `sequence` grows with each change. */
export interface RevocationState {
  readonly sequence: number;
  readonly denials: readonly Denial[];
}

export const MAX_DENIALS = 100_000;

/** Adds denials; one of the same thing takes the place of the earlier.
 *  @throws {Fault} `identity/denials-too-many` */
export function deny(
  state: RevocationState,
  requests: readonly DenialRequest[],
  now: Moment,
): { readonly state: RevocationState; readonly added: readonly Denial[] } {
  if (requests.length === 0) return { state, added: [] };
  const byId = new Map(state.denials.map((denial) => [denial.id, denial]));
  const added = requests.map((request) => denialOf(request, now));
  for (const denial of added) byId.set(denial.id, denial);
  if (byId.size > MAX_DENIALS) {
    throw new Fault(
      'identity/denials-too-many',
      `The deny list would have ${byId.size} entries, more than the ${MAX_DENIALS} that are allowed`,
      { hint: 'taint the authority instead: everything that it issued goes with it' },
    );
  }
  return { state: { sequence: state.sequence + 1, denials: [...byId.values()] }, added };
}

function denialOf(request: DenialRequest, now: Moment): Denial {
  const keepUntil =
    request.until === null ? null : now.steady + Math.max(0, request.until - now.wall);
  return { ...request, id: denialId(request), at: now.wall, keepUntil };
}

/** What a denial of this is called. */
export function denialId(thing: DeniedThing): string {
  const authority = thing.deny === 'serial' ? thing.authority : '';
  return stableId('denial', thing.deny, thing.value, authority);
}

/** Removes denials before their time.
 *  @throws {Fault} `identity/denial-not-found` */
export function lift(state: RevocationState, ids: readonly string[]): RevocationState {
  const gone = new Set(ids);
  const denials = state.denials.filter(({ id }) => !gone.has(id));
  if (denials.length + gone.size === state.denials.length) {
    return gone.size === 0 ? state : { sequence: state.sequence + 1, denials };
  }
  const known = new Set(state.denials.map(({ id }) => id));
  const odd = ids.find((id) => !known.has(id));
  throw new Fault('identity/denial-not-found', `There is no denial ${quote(odd)}`, {
    hint: 'list what is denied: it may have ended by itself',
  });
}

/** Leaves out denials of what has expired by both clocks. */
export function dropExpired(state: RevocationState, now: Moment): RevocationState {
  const isOver = ({ until, keepUntil }: Denial) =>
    until !== null && keepUntil !== null && until <= now.wall && keepUntil <= now.steady;
  const denials = state.denials.filter((denial) => !isOver(denial));
  if (denials.length === state.denials.length) return state;
  return { sequence: state.sequence + 1, denials };
}

/** An SVID that was issued, as the audit log remembers it. */
export interface IssuedRecord {
  readonly spiffeId: string;
  readonly authority: string;
  /** Absent for JWT-SVIDs. */
  readonly serialNumber?: string;
  readonly notAfter: number;
}

export interface RevokedIdentity {
  readonly spiffeId: string;
  /** Whether new SVIDs may be issued: what was stolen is only what there is. */
  readonly mayReturn: boolean;
  readonly why: RevocationReason;
}

/** What to deny so that identities are refused: the SPIFFE IDs, and each certificate of theirs that
 *  is still valid. For a service, give the SPIFFE IDs of its entries.
 *  @param issued what they were issued, expired or not
 *  @param longestTtl of any SVID, in milliseconds */
export function denialsOf(
  revoked: readonly RevokedIdentity[],
  issued: readonly IssuedRecord[],
  now: Moment,
  longestTtl: number,
): readonly DenialRequest[] {
  const byIdentity = new Map(revoked.map((identity) => [identity.spiffeId, identity]));
  const identities = [...byIdentity.values()].map(
    ({ spiffeId, mayReturn, why }): DenialRequest => ({
      deny: 'identity',
      value: spiffeId,
      issuedBefore: mayReturn ? nextSecond(now.wall) : null,
      until: mayReturn ? now.wall + longestTtl : null,
      why,
    }),
  );
  const serials = issued.flatMap(
    ({ spiffeId, authority, serialNumber, notAfter }): DenialRequest[] => {
      const why = byIdentity.get(spiffeId)?.why;
      if (why === undefined || serialNumber === undefined || notAfter <= now.wall) return [];
      return [{ deny: 'serial', value: serialNumber, authority, until: notAfter, why }];
    },
  );
  return [...identities, ...serials];
}

/** SVIDs know when they were issued to the second: one of this second must not pass for a later one. */
const nextSecond = (wall: number): number => (Math.floor(wall / 1_000) + 1) * 1_000;

/** What the CRL of one authority says, for `issueCrl`. Its number grows with each change, and between
 *  changes with time.
 *  @param validity until the next list, in milliseconds
 *  @see RFC 5280 §5 */
export function crlRequestOf(
  { sequence, denials }: RevocationState,
  authority: string,
  wall: number,
  validity: number,
): CrlRequest {
  const revoked = denials.flatMap((denial) => {
    if (denial.deny !== 'serial' || denial.authority !== authority) return [];
    return [{ serialNumber: denial.value, revokedAt: denial.at, reason: denial.why }];
  });
  // As SVIDs are: a verifier whose clock is behind would refuse everything until it believes the list.
  const thisUpdate = wall - BACKDATE_SECONDS * 1_000;
  const number = (BigInt(sequence) << 40n) + BigInt(Math.floor(wall / 1_000));
  return { number, thisUpdate, nextUpdate: wall + validity, revoked };
}
