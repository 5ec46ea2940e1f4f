import { z } from 'zod';
import { policyOf, type RotationConfig, type RotationPolicy } from '../rotation/index.ts';

const SECOND = 1_000;
const DAY = 86_400;

/** How many users may be out at once, and what is told of them. How targets are tried is said with rotations. */
export const DynamicConfig = z.strictObject({
  maxRoles: z.int().min(1).max(10_000).default(1_000).describe('Roles in all'),
  maxLeases: z.int().min(1).max(100_000).default(10_000).describe('Leases at once, in all'),
  maxLeasesOfService: z
    .int()
    .min(1)
    .max(100_000)
    .default(500)
    .describe('Leases at once of one service, whatever the role'),
  asksAtOnce: z
    .int()
    .min(1)
    .max(500)
    .default(16)
    .describe('Users that are made, or renewed, at once'),
  asksPerMinute: z
    .int()
    .min(1)
    .max(100_000)
    .default(120)
    .describe('Leases that one service may ask for, or renew, a minute'),
  endedKeptSeconds: z
    .int()
    .min(0)
    .max(30 * DAY)
    .default(3_600)
    .describe('How long a lease that has ended is still listed'),
  unrevokedAfterSeconds: z
    .int()
    .min(1)
    .max(30 * DAY)
    .default(300)
    .describe('How long a user may outlast its lease before that is a problem'),
});
export type DynamicConfig = z.infer<typeof DynamicConfig>;

/** In milliseconds. */
export interface LeasePolicy extends RotationPolicy {
  readonly endedKept: number;
  readonly unrevokedAfter: number;
}

export function leasePolicyOf(config: DynamicConfig, rotation: RotationConfig): LeasePolicy {
  return {
    ...policyOf(rotation),
    endedKept: config.endedKeptSeconds * SECOND,
    unrevokedAfter: config.unrevokedAfterSeconds * SECOND,
  };
}
