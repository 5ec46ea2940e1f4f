import { z } from 'zod';

/** Which decisions are kept for people to read. All are counted. */
export const DecisionLogConfig = z.strictObject({
  allowedShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.001)
    .describe('The share of allowed calls that is kept, drawn by lot'),
  deniedPerMinute: z
    .int()
    .min(1)
    .max(10_000)
    .default(10)
    .describe(
      'Denials of one caller, callee and operation kept a minute; the others are summed up',
    ),
  maxKinds: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe('Callers, callees and operations that are told apart at a time'),
  maxEntries: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe('Entries held until they are fetched, of allowed and of denied calls each'),
});
export type DecisionLogConfig = z.infer<typeof DecisionLogConfig>;
