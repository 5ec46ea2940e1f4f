import { z } from 'zod';
import { toTimestamp } from '../../../../base/clock.ts';
import type { AgentStatus } from '../../../../identity/agent/index.ts';
import type { JoinToken } from '../../../../identity/attestation/index.ts';
import {
  AUTHORITY_KINDS,
  type AuthorityState,
  type Denial,
  type SigningAuthority,
} from '../../../../identity/authority/index.ts';
import type { FederationStatus } from '../../../../identity/federation/index.ts';

/** RFC 3339. */
const Time = z.string();

/** An authority as the API shows it: nothing of its key but what names it. */
export const AuthorityView = z.strictObject({
  id: z.string(),
  kind: z.enum(AUTHORITY_KINDS),
  status: z.enum(['prepared', 'published', 'active', 'retired']),
  preparedAt: Time,
  notBefore: Time,
  notAfter: Time,
  /** Whether its certificate is an anchor itself, and not signed by an upstream; null for `jwt`. */
  isRoot: z.boolean().nullable(),
  /** A successor is to take its place before its time. */
  isLeaving: z.boolean(),
  taint: z.enum(['orderly', 'urgent']).nullable(),
});
export type AuthorityView = z.infer<typeof AuthorityView>;

export function toAuthorityView(authority: SigningAuthority): AuthorityView {
  const { id, kind, status, preparedAt, notBefore, notAfter, chain, isLeaving, taint } = authority;
  return {
    id,
    kind,
    status,
    preparedAt: toTimestamp(preparedAt),
    notBefore: toTimestamp(notBefore),
    notAfter: toTimestamp(notAfter),
    isRoot: kind === 'x509' ? chain.length === 0 : null,
    isLeaving,
    taint,
  };
}

/** Each kind by itself, the oldest first. */
export const toAuthorityViews = ({ authorities }: AuthorityState): AuthorityView[] =>
  AUTHORITY_KINDS.flatMap((kind) => authorities.filter((one) => one.kind === kind)).map(
    toAuthorityView,
  );

/** One thing that enforcement points refuse. */
export const DenialView = z.strictObject({
  id: z.string(),
  deny: z.enum(['identity', 'serial', 'key']),
  /** SPIFFE ID, serial number, or SHA-256 of a public key, the latter two in hexadecimal. */
  value: z.string(),
  /** Of a serial number: the id of the authority that issued it. */
  authority: z.string().nullable(),
  /** Of an identity: only what was issued before is refused; null: all of it, and nothing is issued. */
  issuedBefore: Time.nullable(),
  /** As CRLs say it (RFC 5280 §5.3.1). */
  why: z.string(),
  at: Time,
  /** When what is denied has expired; null: until it is lifted. */
  until: Time.nullable(),
});
export type DenialView = z.infer<typeof DenialView>;

const toTime = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : toTimestamp(milliseconds);

export function toDenialView(denial: Denial): DenialView {
  const { id, deny, value, why, at, until } = denial;
  return {
    id,
    deny,
    value,
    authority: denial.deny === 'serial' ? denial.authority : null,
    issuedBefore: denial.deny === 'identity' ? toTime(denial.issuedBefore) : null,
    why,
    at: toTimestamp(at),
    until: toTime(until),
  };
}

/** A join token without its value. */
export const JoinTokenView = z.strictObject({
  id: z.string(),
  agent: z.string(),
  createdBy: z.string(),
  createdAt: Time,
  expiresAt: Time,
  used: z.strictObject({ at: Time, by: z.string() }).nullable(),
}) satisfies z.ZodType<JoinToken>;

/** An agent that is connected. */
export const AgentView = z.strictObject({
  /** SPIFFE ID. */
  agent: z.string(),
  /** The address that it calls from. */
  from: z.string(),
  since: Time,
  /** When the SVID ends that it shows. */
  expiresAt: Time,
});
export type AgentView = z.infer<typeof AgentView>;

export const toAgentView = ({ agent, from, since, expiresAt }: AgentStatus): AgentView => ({
  agent,
  from,
  since: toTimestamp(since),
  expiresAt: toTimestamp(expiresAt),
});

/** How federation with another trust domain goes. */
export const FederationView = z.strictObject({
  trustDomain: z.string(),
  url: z.string(),
  profile: z.enum(['https_web', 'https_spiffe']),
  endpointSpiffeId: z.string().nullable(),
  allowOlder: z.boolean(),
  /** Of the configuration file, it can only be changed there. */
  origin: z.enum(['configuration', 'people']),
  /** `none`: nobody of the trust domain is believed; `unconfirmed`: its endpoint has not been heard yet;
   *  `stale`: its endpoint could not be asked, or was not believed, and the bundle stays. */
  state: z.enum(['none', 'unconfirmed', 'fresh', 'stale']),
  bundle: z
    .strictObject({
      origin: z.string(),
      changedAt: Time,
      /** Decimal digits: it may have 64 bits. */
      sequence: z.string().nullable(),
      refreshHintSeconds: z.number().nullable(),
      x509Authorities: z.int(),
      jwtAuthorities: z.int(),
    })
    .nullable(),
  lastSuccessAt: Time.nullable(),
  /** Past where `lastSuccessAt` is later. */
  lastFailure: z
    .strictObject({ at: Time, code: z.string(), why: z.string(), hint: z.string().nullable() })
    .nullable(),
  /** Fetches that have failed since the last that did not. */
  failures: z.int(),
  /** Null while the bundle is being fetched. */
  nextTryAt: Time.nullable(),
});
export type FederationView = z.infer<typeof FederationView>;

export function toFederationView(status: FederationStatus): FederationView {
  const { bundle, lastFailure, lastSuccessAt, nextTryAt } = status;
  return {
    ...status,
    bundle: bundle && { ...bundle, changedAt: toTimestamp(bundle.changedAt) },
    lastFailure: lastFailure && { ...lastFailure, at: toTimestamp(lastFailure.at) },
    lastSuccessAt: toTime(lastSuccessAt),
    nextTryAt: toTime(nextTryAt),
  };
}
