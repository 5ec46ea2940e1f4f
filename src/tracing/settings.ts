import { z } from 'zod';
import { BaselineSettings } from './baseline/settings.ts';
import { DetectionSettings } from './detections/settings.ts';
import { GraphLimits } from './graph/limits.ts';
import { PairingLimits } from './pairing/limits.ts';
import { StorySettings } from './stories/settings.ts';
import { TraceLimits } from './traces/limits.ts';

const names = (most: number, of: string) =>
  z.int().min(16).max(10_000_000).default(most).describe(of);

/** How much tracing follows, and how it judges. */
export const TracingSettings = z.strictObject({
  names: z
    .strictObject({
      maxServices: names(20_000, 'Services, and hosts outside the estate'),
      maxEndpoints: names(400_000, 'Endpoints'),
      maxPrincipals: names(40_000, 'Identities that callers have proved'),
      maxAddresses: names(200_000, 'Addresses that requests come from'),
      maxVersions: names(100_000, 'Versions that services run'),
    })
    .prefault({})
    .describe('Names that are known at a time; those over it are counted as nobody'),
  pairing: PairingLimits.prefault({}),
  graph: GraphLimits.prefault({}),
  baseline: BaselineSettings.prefault({}),
  detections: DetectionSettings.prefault({}),
  stories: StorySettings.prefault({}),
  traces: TraceLimits.prefault({}),
});
export type TracingSettings = z.infer<typeof TracingSettings>;
