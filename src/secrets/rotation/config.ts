import { z } from 'zod';

const SECOND = 1_000;
const DAY = 86_400;

const seconds = (least: number, most: number, fallback: number) =>
  z.int().min(least).max(most).default(fallback);

/** How rotations are carried out. */
export const RotationConfig = z.strictObject({
  stepSeconds: seconds(1, 600, 30).describe('Longest that one step at a target may take'),
  atOnce: z.int().min(1).max(500).default(16).describe('Targets that are changed at once'),
  retryFirstSeconds: seconds(1, 3_600, 2).describe(
    'Wait after the first failure of a step; twice as long after each further one',
  ),
  retryLastSeconds: seconds(1, DAY, 900).describe('Longest wait between two attempts'),
  maxRefusals: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('Values that a target may refuse before a person is asked'),
  keptVersions: z
    .int()
    .min(3)
    .max(50)
    .default(5)
    .describe('Versions of a secret whose values are kept; older ones are destroyed'),
  missedAfterSeconds: seconds(1, 30 * DAY, 3_600).describe(
    'How late a rotation may be before it counts as missed',
  ),
  stuckAfterSeconds: seconds(1, 30 * DAY, 3_600).describe(
    'How long a rotation may take, its overlap apart, before it counts as stuck',
  ),
  maxAgeSeconds: seconds(1, 3_650 * DAY, 90 * DAY).describe('Age at which a value is too old'),
});
export type RotationConfig = z.infer<typeof RotationConfig>;

/** The same in milliseconds. */
export interface RotationPolicy {
  readonly retryFirst: number;
  readonly retryLast: number;
  readonly maxRefusals: number;
  readonly keptVersions: number;
  /** How long a process may be at a target before another takes its place. */
  readonly claim: number;
  readonly missedAfter: number;
  readonly stuckAfter: number;
  readonly maxAge: number;
}

/** What a process may need beyond the time limit of its step, to write what came of it. */
const CLAIM_SLACK = 15 * SECOND;

export function policyOf(config: RotationConfig): RotationPolicy {
  return {
    retryFirst: config.retryFirstSeconds * SECOND,
    retryLast: Math.max(config.retryFirstSeconds, config.retryLastSeconds) * SECOND,
    maxRefusals: config.maxRefusals,
    keptVersions: config.keptVersions,
    claim: config.stepSeconds * SECOND + CLAIM_SLACK,
    missedAfter: config.missedAfterSeconds * SECOND,
    stuckAfter: config.stuckAfterSeconds * SECOND,
    maxAge: config.maxAgeSeconds * SECOND,
  };
}
