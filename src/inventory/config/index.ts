import { z } from 'zod';

/** Values of payloads that may be looked at. */
const PayloadSamplesConfig = z.strictObject({
  allowed: z
    .boolean()
    .default(false)
    .describe(
      'Whether bodies and query parameters that traffic brings are judged for sensitive values, which are dropped at once; else nobody looks at them',
    ),
  maxBytes: z
    .int()
    .min(256)
    .max(1_048_576)
    .default(65_536)
    .describe('Of one payload, from its beginning'),
  perSecond: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe('Payloads of all endpoints that are judged in a second'),
  perEndpoint: z
    .int()
    .min(1)
    .max(10_000)
    .default(10)
    .describe('Requests, and likewise answers, of one endpoint that are judged in a minute'),
});

/** What counts as an endpoint, and how much of traffic is kept apart. */
export const InventoryConfig = z.strictObject({
  stableAfterRequests: z
    .int()
    .min(1)
    .default(3)
    .describe('Requests before a path that no source names is called an endpoint'),
  settleHours: z
    .number()
    .positive()
    .default(24)
    .describe('What comes up this long after the first request of an endpoint is a change of it'),
  changeDays: z.number().positive().default(14).describe('How long a change is told'),
  maxServices: z
    .int()
    .min(1)
    .max(100_000)
    .default(5_000)
    .describe('Services whose traffic is kept apart'),
  maxNamedOperations: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe('Routes, RPCs, fields and topics of one service that traffic names'),
  maxPathNodes: z
    .int()
    .min(1_000)
    .max(10_000_000)
    .default(60_000)
    .describe('Nodes of the paths of all services that templates are learnt from'),
  activeDays: z
    .number()
    .positive()
    .default(30)
    .describe('After this long without a request an endpoint is no longer called'),
  payloadSamples: PayloadSamplesConfig.prefault({}),
  stages: z
    .record(z.string(), z.enum(['production', 'staging', 'other']))
    .default({})
    .describe('What each environment is for; else its name tells'),
});
export type InventoryConfig = z.infer<typeof InventoryConfig>;
