import { z } from 'zod';

/** How API keys are kept. */
export const ApiKeysConfig = z.strictObject({
  flushSeconds: z
    .int()
    .min(1)
    .max(3_600)
    .default(30)
    .describe('How often uses are kept: those since are lost with a process that is killed'),
  reloadSeconds: z
    .int()
    .min(1)
    .max(300)
    .default(5)
    .describe('How long another process that has the same store may not know of a change'),
  unusedAfterDays: z
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('After which a key that was not used for an operation has more than it needs'),
  keptDays: z
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('How long keys that have ended can still be told from what never was one'),
  most: z.int().min(1).max(1_000_000).default(100_000).describe('Keys, ended ones included'),
});
export type ApiKeysConfig = z.infer<typeof ApiKeysConfig>;
