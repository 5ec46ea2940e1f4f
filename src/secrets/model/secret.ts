import { z } from 'zod';
import { DeliveryTarget } from './delivery.ts';

/** RFC 3339 in UTC. */
const Time = z.iso.datetime();

/** A secret that Reeve keeps: who answers for it, who uses it, its versions, and how it is renewed. Values are in
 *  envelopes, which the vault alone opens. */
export const Secret = z.strictObject({
  /** The id of its service, and its name: `production/shop/orders/orders-db`. */
  id: z.string().min(1).max(600),
  name: z.string().min(1).max(200),
  /** The id of the service that it belongs to. */
  service: z.string(),
  /** `postgres`, `api-key`, `certificate` … as in lists of credentials. */
  kind: z.string(),
  /** The team that answers, where a person has said so; else it is derived. */
  owner: z.string().nullable(),
  /** Ids of other services that may read it. */
  consumers: z.array(z.string()),
  createdAt: Time,
  createdBy: z.string(),
  /** Oldest first. */
  versions: z.array(
    z.strictObject({
      number: z.int().min(1),
      createdAt: Time,
      /** What the vault made of the value; null: it is destroyed. */
      envelope: z.string().nullable(),
      /** Keyed, one of each member of the value, as scans have them: a value that lies about is recognised. */
      fingerprints: z.array(z.string()),
      /** When the value itself ends: that of a certificate, or of a lease. */
      expiresAt: Time.nullable(),
      /** When the target was seen to refuse it. */
      revokedAt: Time.nullable(),
      /** When it became known to others. */
      leakedAt: Time.nullable(),
      /** It is to be taken away from its target, and has not been yet. */
      revocation: z.lazy(() => Revocation).nullable(),
    }),
  ),
  /** Which version is which. `current` is what readers get; `pending` is being brought to the target; `previous` may
   *  still be in use. */
  labels: z.strictObject({
    current: z.int().optional(),
    pending: z.int().optional(),
    previous: z.int().optional(),
  }),
  plan: z.lazy(() => RotationPlan).nullable(),
  /** The rotation that is under way: the intent stands here before the target is touched. */
  run: z.lazy(() => RotationRun).nullable(),
  /** Which process is at the target for it, and until when nobody else may be. */
  taken: z.strictObject({ by: z.string(), until: Time }).nullable(),
  lastRotated: Time.nullable(),
  /** When it is due, jitter and windows included. */
  nextRotation: Time.nullable(),
});
export type Secret = z.infer<typeof Secret>;
export type SecretVersion = Secret['versions'][number];

/** Times of a week in which a target may be changed, in UTC. */
export const Window = z.strictObject({
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  /** `22:00`; a window may go over midnight. */
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
});
export type Window = z.infer<typeof Window>;

/** How a secret is renewed. */
export const RotationPlan = z.strictObject({
  /** The rotator's kind: `postgres`. */
  rotator: z.string(),
  /** What the rotator's own schema takes. */
  config: z.unknown(),
  /** The id of the secret by which the target is changed, where the rotator needs one. */
  admin: z.string().nullable(),
  everySeconds: z.int().min(1),
  /** Share of the interval by which a rotation comes earlier, drawn by lot: not all at once. */
  jitter: z.number().min(0).max(0.5),
  windows: z.array(Window),
  /** How long the version before is left to who still uses it. */
  overlapSeconds: z.int().min(0),
  /** Where the current value is brought, in this order. */
  deliver: z.array(DeliveryTarget).max(50).default([]),
});
export type RotationPlan = z.infer<typeof RotationPlan>;

/** Ids of the secrets that a plan logs in with. */
export const adminsOf = ({ admin, deliver }: Pick<RotationPlan, 'admin' | 'deliver'>): string[] =>
  [admin, ...deliver.map((target) => (target.kind === 'kv' ? target.admin : null))].filter(
    (id) => id !== null,
  );

/** What a run does next. `make` writes the intent and the new value; then `set`, `test`; `promote` makes it current;
 *  `deliver` brings it to who does not ask; `finish`, after the overlap, takes the version before away. `undo` takes a
 *  pending value away that is not to become current. */
export const ROTATION_STEPS = [
  'make',
  'set',
  'test',
  'promote',
  'deliver',
  'finish',
  'undo',
] as const;
export type RotationStep = (typeof ROTATION_STEPS)[number];

/** What is tried at a target until it is done, or a person is needed. */
const tried = {
  /** Attempts that have failed, one after the other. */
  failures: z.int(),
  /** When it is tried again, or goes on. */
  nextAt: Time,
  /** Why the latest attempt failed, and what may be done, without any value. */
  problem: z.string().nullable(),
  hint: z.string().nullable(),
  /** Nothing more is tried until a person says so. */
  waits: z.boolean(),
};

export const Revocation = z.strictObject({
  since: Time,
  by: z.string(),
  reason: z.string(),
  ...tried,
});
export type Revocation = z.infer<typeof Revocation>;

export const RotationRun = z.strictObject({
  /** Names the run, for targets that keep such a name. */
  token: z.string(),
  why: z.enum(['due', 'person', 'leak', 'first']),
  /** The step that is to be done next. */
  step: z.enum(ROTATION_STEPS),
  startedAt: Time,
  ...tried,
  /** Values that the target would not take: a run that has made too many waits for a person. */
  refusals: z.int(),
  /** It ends when the pending value has been taken away. */
  isGivenUp: z.boolean(),
});
export type RotationRun = z.infer<typeof RotationRun>;
