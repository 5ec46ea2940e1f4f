import { z } from 'zod';

/** How targets are watched for what others change there. */
export const DriftConfig = z.strictObject({
  everySeconds: z
    .int()
    .min(60)
    .max(604_800)
    .default(21_600)
    .describe(
      'How often each target is asked what an account may do, and whether it takes the value',
    ),
  atOnce: z.int().min(1).max(50).default(4).describe('Targets that are asked at once'),
});
export type DriftConfig = z.infer<typeof DriftConfig>;
