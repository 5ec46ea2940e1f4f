import { z } from 'zod';

/** How incidents are kept. */
export const IncidentsConfig = z.strictObject({
  groupMinutes: z
    .int()
    .min(0)
    .max(1_440)
    .default(30)
    .describe('Alerts that share a way are one incident if no longer than this is between them'),
  writeSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(15)
    .describe(
      'How often an incident that only has more of the same is written; what is new of it is written at once',
    ),
  keepDays: z
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('How long an incident that is closed is kept'),
  maxIncidents: z
    .int()
    .min(10)
    .max(10_000)
    .default(2_000)
    .describe('Incidents that are kept; the oldest go first, closed ones before others'),
});
export type IncidentsConfig = z.infer<typeof IncidentsConfig>;
