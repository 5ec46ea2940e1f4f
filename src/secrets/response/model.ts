import { z } from 'zod';

/** RFC 3339 in UTC. */
const Time = z.iso.datetime();

/** That somebody has said that a value is known to others. */
const LeakReport = z.strictObject({
  at: Time,
  by: z.string(),
  reason: z.string(),
  /** Where it was seen, such as the address of a page; null: not said. */
  where: z.string().nullable(),
});
export type LeakReport = z.infer<typeof LeakReport>;

/** Something that the value opens. What has become of it is asked where it is kept. */
export const LeakItem = z.strictObject({
  /** - `secret`: a version of one that Reeve keeps, `subject` its id.
   *  - `issued`: a token that Reeve verifies itself, `subject` its id among those of `of`.
   *  - `found`: a credential of the estate that is kept elsewhere, `subject` its id. */
  kind: z.enum(['secret', 'issued', 'found']),
  subject: z.string(),
  /** Of a secret. */
  version: z.int().nullable(),
  /** When that was made: what has come under its name later is another. Null: not known. */
  createdAt: Time.nullable().default(null),
  /** Of what is issued: `api-key`, `person` … */
  of: z.string().nullable(),
  name: z.string(),
  service: z.string().nullable(),
  owner: z.string().nullable(),
  /** Ids of services that use it. */
  consumers: z.array(z.string()),
  /** `orders/deploy.yaml:12` */
  places: z.array(z.string()),
  /** A person has seen to it that it is refused. */
  done: z.strictObject({ at: Time, by: z.string(), reason: z.string() }).nullable(),
});
export type LeakItem = z.infer<typeof LeakItem>;

/** Whether what has the name of an item by now is what the value opened. */
export const isOfItem = (item: Pick<LeakItem, 'createdAt'>, createdAt: string): boolean =>
  item.createdAt === null || item.createdAt === createdAt;

/** A value that has become known to others, and what it opens. The value itself is nowhere kept. */
export const Leak = z.strictObject({
  id: z.string(),
  /** Keyed, as those of credentials. */
  fingerprint: z.string(),
  /** The first, and the latest. */
  reports: z.array(LeakReport).min(1),
  items: z.array(LeakItem),
});
export type Leak = z.infer<typeof Leak>;

/** What has become of an item.
 *  - `working`: Reeve is at it.
 *  - `waits`: it takes a person.
 *  - `revoked`: its target was seen to refuse the value.
 *  - `done`: a person says so. */
export type LeakState = 'working' | 'waits' | 'revoked' | 'done';

export interface LeakStanding {
  readonly state: LeakState;
  /** When it became so; null: not known, or it is under way. */
  readonly at: string | null;
  readonly problem: string | null;
  readonly hint: string | null;
}
