import { z } from 'zod';

/** How what traffic brings is kept, whatever it comes by. */
export const IntakeConfig = z.strictObject({
  batchMs: z
    .int()
    .min(0)
    .max(10_000)
    .default(20)
    .describe('How long requests are gathered before they are stored together'),
  maxWaitingRequests: z
    .int()
    .min(1)
    .default(1_000)
    .describe('Requests waiting to be stored; further ones are asked to come back'),
  refreshSeconds: z
    .int()
    .min(1)
    .default(60)
    .describe('How often counts of what is known already are brought up to date'),
  maxJournalMegabytes: z
    .int()
    .min(1)
    .max(1_024)
    .default(64)
    .describe('Journal on the disk before a snapshot takes its place'),
});
export type IntakeConfig = z.infer<typeof IntakeConfig>;
