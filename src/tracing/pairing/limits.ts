import { z } from 'zod';

/** How long rows of spans wait for each other, and how many at once. */
export const PairingLimits = z.strictObject({
  settleSeconds: z
    .number()
    .min(0)
    .max(60)
    .default(2)
    .describe(
      'How long a request that is known already waits for what led to it, and for what its caller says of itself',
    ),
  windowSeconds: z
    .number()
    .min(0)
    .max(3_600)
    .default(10)
    .describe('How long one side of a request waits for the other; then it is told as half'),
  keepSeconds: z
    .number()
    .min(0)
    .max(3_600)
    .default(60)
    .describe(
      'How long spans are remembered, so that they count once and lead to what comes later',
    ),
  lateHours: z
    .number()
    .min(0)
    .max(8_784)
    .default(6)
    .describe(
      'How long ago a request may have been when it comes, as for a history that is sent once; one that says to be older counts as this old, so that nobody can make up days on which something was usual',
    ),
  maxRows: z
    .int()
    .min(16)
    .max(16_000_000)
    .default(2_000_000)
    .describe('Spans remembered at once, 150 bytes each; beyond it the oldest go first'),
  maxHopsPerTrace: z
    .int()
    .min(1)
    .max(1_024)
    .default(64)
    .describe('Latest requests of a trace that are looked at for the one that led to another'),
  maxLinks: z
    .int()
    .min(0)
    .max(1_024)
    .default(32)
    .describe('Messages that one consumer’s span is linked to; further ones are not followed'),
  maxParties: z
    .int()
    .min(16)
    .max(1_000_000)
    .default(20_000)
    .describe('Names of services and hosts whose meaning is remembered'),
  maxOperations: z
    .int()
    .min(16)
    .max(1_000_000)
    .default(65_536)
    .describe('Operations as spans name them that are remembered'),
});
export type PairingLimits = z.infer<typeof PairingLimits>;
