import { z } from 'zod';
import {
  IncidentsConfig,
  NotifyConfig,
  TraceStoreLimits,
  TracingSettings,
} from '../../tracing/config/index.ts';

/** How traces are followed, and what becomes of what they show. */
export const TracingConfig = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether traces are followed'),
  maxWaitingSpans: z
    .int()
    .min(1_000)
    .max(10_000_000)
    .default(500_000)
    .describe(
      'Spans on their way to who follows them, about 90 bytes each; further ones are counted and left out',
    ),
  snapshotSeconds: z
    .int()
    .min(5)
    .max(86_400)
    .default(60)
    .describe('How often what was learnt is written to the data folder'),
  ...TracingSettings.shape,
  store: TraceStoreLimits.prefault({}),
  incidents: IncidentsConfig.prefault({}),
  notify: NotifyConfig.prefault({}),
});
export type TracingConfig = z.infer<typeof TracingConfig>;

/** What of it the thread needs. */
export type ThreadSettings = Omit<TracingConfig, 'enabled' | 'incidents' | 'notify'>;
