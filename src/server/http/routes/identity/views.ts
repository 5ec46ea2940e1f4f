import { z } from 'zod';
import { toTimestamp } from '../../../../base/clock.ts';
import type { JoinToken } from '../../../../identity/attestation/index.ts';
import {
  AUTHORITY_KINDS,
  type AuthorityState,
  type Denial,
  type SigningAuthority,
} from '../../../../identity/authority/index.ts';

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

export const toAuthorityViews = ({ authorities }: AuthorityState): AuthorityView[] =>
  authorities.map(toAuthorityView);

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

/** An agent that has joined. */
export const AgentView = z.strictObject({
  /** SPIFFE ID. */
  agent: z.string(),
  isConnected: z.boolean(),
  /** The address that it calls from. */
  from: z.string(),
  lastSeenAt: Time,
  /** When its own SVID ends: it must have renewed that by then. */
  expiresAt: Time.nullable(),
});
export type AgentView = z.infer<typeof AgentView>;

/** How trust in another trust domain stands. */
export const FederationView = z.looseObject({
  trustDomain: z.string(),
  url: z.string(),
  profile: z.enum(['https_web', 'https_spiffe']),
  /** Who has set it: one of the configuration file can only be changed there. */
  origin: z.enum(['configuration', 'people']),
  /** Whether there is a bundle to trust. */
  hasBundle: z.boolean(),
  sequence: z.string().nullable(),
  fetchedAt: Time.nullable(),
  nextFetchAt: Time.nullable(),
  /** Why the latest try failed; null: it did not. */
  problem: z.string().nullable(),
});
export type FederationView = z.infer<typeof FederationView>;
