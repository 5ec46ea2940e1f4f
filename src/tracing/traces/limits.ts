import { z } from 'zod';

/** How much of what comes in is held, and how much is kept of it. */
export const TraceLimits = z.strictObject({
  windowSeconds: z
    .int()
    .min(1)
    .max(3_600)
    .default(60)
    .describe('How long spans of a trace are held, waiting for a reason to keep it'),
  maxSpans: z
    .int()
    .min(64)
    .max(20_000_000)
    .default(200_000)
    .describe('Spans held at once, about 150 bytes each; the oldest traces go first'),
  maxSpansPerTrace: z
    .int()
    .min(1)
    .max(100_000)
    .default(2_000)
    .describe('Spans kept of one trace; what comes after them is counted'),
  maxNames: z
    .int()
    .min(64)
    .max(1_000_000)
    .default(50_000)
    .describe('Services, operations and texts that held spans speak of, of each kind'),
  keptPerMinute: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(60)
    .describe('Traces kept in a minute for each reason; those of alerts are kept all'),
});
export type TraceLimits = z.infer<typeof TraceLimits>;

/** How much is kept of what was worth keeping. */
export const TraceStoreLimits = z.strictObject({
  maxAgeDays: z.int().min(1).max(3_650).default(30).describe('How long traces are kept'),
  maxTraces: z.int().min(1).max(100_000_000).default(200_000).describe('Traces kept'),
  maxBytes: z
    .int()
    .min(64 * 1024)
    .default(512 * 1024 * 1024)
    .describe(
      'Bytes of kept traces, packed; the oldest go first, and those of open alerts only when there are twice as many',
    ),
});
export type TraceStoreLimits = z.infer<typeof TraceStoreLimits>;
