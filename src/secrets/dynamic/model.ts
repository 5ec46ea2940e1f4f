import { z } from 'zod';
import type { NewAuditEntry } from '../../estate/index.ts';
import { Revocation } from '../model/index.ts';
import type { Asking, TargetTrouble } from '../rotation/index.ts';

/** RFC 3339 in UTC. */
const Time = z.iso.datetime();

/** Longest that users may be made for: 30 days. */
const LONGEST = 30 * 86_400;

/** What a person says of a role. */
export const RoleSettings = z
  .strictObject({
    engine: z.string().min(1).max(60).describe('`postgres` or `rabbitmq`'),
    config: z.unknown().describe('Where the target is: what the engine takes'),
    admin: z.string().min(1).max(600).describe('Id of the secret by which users are made'),
    grants: z.unknown().describe('What the users may do: what the engine takes'),
    defaultTtlSeconds: z.int().min(10).max(LONGEST).default(3_600),
    maxTtlSeconds: z
      .int()
      .min(10)
      .max(LONGEST)
      .default(86_400)
      .describe('Longest that a lease is given, or renewed, for'),
    maxLifeSeconds: z
      .int()
      .min(10)
      .max(LONGEST)
      .default(7 * 86_400)
      .describe('Longest that a user lives, whatever the renewals'),
    maxLeases: z.int().min(1).max(100_000).default(100).describe('At once, for each service'),
    consumers: z
      .array(z.string().min(1).max(600))
      .max(1_000)
      .default([])
      .describe('Ids of other services that may ask'),
    withinSvid: z
      .boolean()
      .default(true)
      .describe('No lease outlasts the SVID that it was asked for, or renewed, with'),
  })
  .refine((role) => role.defaultTtlSeconds <= role.maxTtlSeconds, {
    error: 'defaultTtlSeconds is longer than maxTtlSeconds',
    path: ['defaultTtlSeconds'],
  })
  .refine((role) => role.maxTtlSeconds <= role.maxLifeSeconds, {
    error: 'maxTtlSeconds is longer than maxLifeSeconds',
    path: ['maxTtlSeconds'],
  });
export type RoleSettings = z.infer<typeof RoleSettings>;

/** What users are made for whoever asks: at which target, with which rights, and for how long. */
export const Role = z.strictObject({
  /** The id of its service, and its name: `production/shop/orders/orders-reader`. */
  id: z.string().min(1).max(600),
  name: z.string().min(1).max(200),
  /** The id of the service that it belongs to, which may ask. */
  service: z.string(),
  ...RoleSettings.shape,
  createdAt: Time,
  createdBy: z.string(),
  /** No lease is given any more: it is removed as soon as the last one has ended. */
  closedAt: Time.nullable(),
});
export type Role = z.infer<typeof Role>;

/** Where a lease stands.
 *  - `pending`: its user is being made.
 *  - `active`: its user works, for who got the password.
 *  - `ending`: its user is to go, and has not been seen to be gone.
 *  - `ended`: the target was seen to have no such user.
 *  - `abandoned`: a person has said that nobody tries any longer; the user may still be there. */
export const LEASE_STATES = ['pending', 'active', 'ending', 'ended', 'abandoned'] as const;
export type LeaseState = (typeof LEASE_STATES)[number];

/** Why a lease ends: its time is over, its holder gives it back, it is taken away, or its user was never handed out. */
export const LEASE_ENDS = ['expired', 'released', 'revoked', 'failed'] as const;
export type LeaseEnd = (typeof LEASE_ENDS)[number];

/** A user of a target, for a while. Its password is nowhere but with who asked. */
export const Lease = z.strictObject({
  id: z.string().min(1).max(64),
  role: z.string(),
  /** The id of the service that asked. */
  service: z.string(),
  /** Whose SVID it was asked with. */
  spiffeId: z.string(),
  username: z.string(),
  createdAt: Time,
  expiresAt: Time,
  /** It is not renewed beyond. */
  endsAt: Time,
  /** As the role had it: no wait for its end is longer. */
  maxTtlSeconds: z.int(),
  renewals: z.int(),
  state: z.enum(LEASE_STATES),
  /** Why it ends, once it does. */
  why: z.enum(LEASE_ENDS).nullable(),
  endedAt: Time.nullable(),
  /** That its user is taken away, with what has come of it. */
  removal: Revocation.nullable(),
  /** Which process is at the target for it, and until when nobody else may be. */
  taken: z.strictObject({ by: z.string(), until: Time }).nullable(),
});
export type Lease = z.infer<typeof Lease>;

export type LeaseEvent =
  /** The user was made; `holder` is the process that did. */
  | { readonly event: 'made'; readonly holder: string }
  /** It was not, or nobody knows: whatever there is of it goes. */
  | { readonly event: 'unmade'; readonly holder: string; readonly problem: string }
  | { readonly event: 'renew'; readonly expiresAt: number; readonly by: Asking }
  | { readonly event: 'end'; readonly why: 'released' | 'revoked'; readonly by: Asking }
  /** What time alone brings about. `expired`: the end, as it stood in the lease, which a steady clock has reached. */
  | { readonly event: 'due'; readonly expired: string | undefined }
  /** A process goes to the target to take the user away, if that is due. */
  | { readonly event: 'take'; readonly holder: string }
  /** It was stopped. */
  | { readonly event: 'release'; readonly holder: string }
  | { readonly event: 'removed'; readonly holder: string }
  | {
      readonly event: 'failed';
      readonly holder: string;
      readonly trouble: TargetTrouble;
      readonly problem: string;
      readonly hint: string | undefined;
    }
  | { readonly event: 'retry'; readonly by: Asking }
  | { readonly event: 'abandon'; readonly by: Asking };

export interface LeaseStep {
  /** The very one that was given where nothing has changed; undefined: it is forgotten. */
  readonly lease: Lease | undefined;
  /** Whether the user is to be taken away now, by who took the lease. */
  readonly isTaken: boolean;
  /** For the audit log, in one transaction with the lease. */
  readonly entries: readonly NewAuditEntry[];
}
