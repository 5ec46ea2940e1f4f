import { z } from 'zod';

/** RFC 3339 in UTC. */
const Time = z.iso.datetime();

/** What is retired: a service by its id, or a team with all that it answers for. */
export const Retired = z.strictObject({
  kind: z.enum(['service', 'team']),
  name: z.string().min(1).max(600),
});
export type Retired = z.infer<typeof Retired>;

/** That something is to be retired, and what was left when that was looked at last. */
export const Offboarding = z.strictObject({
  id: z.string(),
  retired: Retired,
  /** Ids of the services that it is about: those of a team when it began. */
  services: z.array(z.string()),
  startedAt: Time,
  by: z.string(),
  reason: z.string(),
  /** When nothing was left; null: not yet. */
  verifiedAt: Time.nullable(),
});
export type Offboarding = z.infer<typeof Offboarding>;

/** What a domain is asked about. */
export interface Leaving {
  readonly services: ReadonlySet<string>;
  /** Undefined: the team stays. */
  readonly team: string | undefined;
}

/** Something that what is retired has left. */
export interface Left {
  /** Unique among those of its kind. */
  readonly id: string;
  /** What is done about it, or has to be, in a few words: `revoke the SVIDs of spiffe://…`. */
  readonly what: string;
  /** A file and line, or an address. */
  readonly where: string | null;
  /** Reeve is at it: it ends by itself, or is told why it does not. */
  readonly isUnderWay: boolean;
  /** Why it does not end, and what may be done. */
  readonly problem: string | null;
  /** People have to, even where others of its kind are retired by Reeve. */
  readonly isByHand?: boolean;
}

export interface Asking {
  readonly actor: string;
  readonly reason: string;
}

/** What a domain has to do with retiring. */
export interface Retirer {
  /** `identity`, `secret` … */
  readonly kind: string;
  /** What is left there: nothing, once all is retired. */
  left(leaving: Leaving): Promise<readonly Left[]>;
  /** Retires one. Done again, it changes nothing. Without it, people do. */
  retire?(id: string, leaving: Leaving, by: Asking): Promise<void>;
}

/** One line of a plan. */
export interface Step extends Left {
  readonly kind: string;
  readonly isByHand: boolean;
}

export interface OffboardingPlan {
  readonly retired: Retired;
  readonly services: readonly string[];
  /** In the order in which they are done. */
  readonly steps: readonly Step[];
  /** Names what is shown: whoever has it carried out says that they have seen this. */
  readonly digest: string;
}
