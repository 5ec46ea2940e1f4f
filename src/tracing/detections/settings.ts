import { z } from 'zod';

/** How detections look. */
export const DetectionSettings = z.strictObject({
  leastNats: z
    .number()
    .min(0)
    .max(20)
    .default(1.5)
    .describe('Signs that say less, in nats of likelihood, are not told'),
  repeatMinutes: z
    .number()
    .min(0.1)
    .max(1_440)
    .default(1)
    .describe('The same between the same two is looked at once in so many minutes'),
  maxLooks: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(600)
    .describe(
      'Unusual requests of one caller that are looked at in a minute; further ones are counted, and learnt apart where those told something',
    ),
  dormantDays: z
    .number()
    .min(1)
    .max(365)
    .default(14)
    .describe('Days without a request after which a service or an identity is dormant'),
  volumeDeviations: z
    .number()
    .min(2)
    .max(1_000)
    .default(8)
    .describe('Deviations over the usual requests of an hour that are looked at'),
  maxAccepted: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(20_000)
    .describe('Verdicts of people that are kept; over it, the oldest are forgotten'),
  maxLookalikes: z
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe('New names in a minute that are compared with those of the estate'),
});
export type DetectionSettings = z.infer<typeof DetectionSettings>;
