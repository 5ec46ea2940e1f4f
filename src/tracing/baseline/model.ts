import { z } from 'zod';
import { Protocol } from '../../estate/index.ts';

/** `quarantined`: a detection pointed at it, and nothing has settled it; `accepted` and `malicious`: a person said so. */
export const HabitState = z.enum(['known', 'usual', 'accepted', 'quarantined', 'malicious']);
export type HabitState = z.infer<typeof HabitState>;

const Seen = {
  state: HabitState,
  /** Different days, of the last 32. */
  days: z.int(),
  firstSeen: z.string(),
  lastSeen: z.string(),
};
const Share = z.number().min(0).max(1);
const Shares = z.strictObject({ failed: Share, denied: Share, withContext: Share });

/** A service that calls this one, or that it calls. */
const Neighbour = z.strictObject({
  /** `*`: from outside. */
  service: z.string(),
  ...Seen,
  /** Learnt from callers who proved who they are. */
  isAuthenticated: z.boolean(),
  shares: Shares,
});
const Operation = z.strictObject({
  protocol: Protocol,
  method: z.string(),
  template: z.string(),
  callers: z.int(),
  days: z.int(),
  lastSeen: z.string(),
});
const Named = z.strictObject({ name: z.string(), ...Seen });

/** What is usual for one service: times are RFC 3339, hours those of UTC, lists the latest seen first. */
export const ServiceBaseline = z.strictObject({
  service: z.string(),
  maturity: Share,
  maturityBecause: z.string(),
  firstSeen: z.string().nullable(),
  lastSeen: z.string().nullable(),
  days: z.int(),
  isDormant: z.boolean(),
  callers: z.array(Neighbour),
  callees: z.array(Neighbour),
  /** What it is asked for. */
  operations: z.array(Operation),
  /** For each hour of the day, on how many days it called somebody in it: fading numbers. */
  hours: z.array(z.number()).length(24),
  /** Most in nearly all periods of 10 minutes. */
  fanOut: z.strictObject({ services: z.number(), operations: z.number() }),
  asCaller: Shares,
  asCallee: Shares,
  /** Share of its requests that come from outside. */
  entries: Share,
  accounts: z.array(Named),
  addresses: z.array(Named),
  versions: z.array(Named),
  /** When it first ran the newest of what it runs; null: it never changed. */
  deployedAt: z.string().nullable(),
  /** New callees and operations that a declaration or a deployment explained, and days with others. */
  changes: z.strictObject({ explained: z.int(), unexplainedDays: z.int() }),
});
export type ServiceBaseline = z.infer<typeof ServiceBaseline>;
