import { z } from 'zod';

/** Where in tracing something was left out. */
export const TRACING_STAGES = ['pairing', 'graph', 'names', 'detections', 'traces'] as const;

/** How tracing stands, as its thread tells it. Counts are since the thread began. */
export const TracingStatus = z.strictObject({
  spans: z.int(),
  /** Requests between services. */
  hops: z.int(),
  /** Stories that are followed, alerts among them. */
  stories: z.int(),
  services: z.int(),
  edges: z.int(),
  endpointEdges: z.int(),
  /** Spans and traces that are held for a while. */
  heldSpans: z.int(),
  heldTraces: z.int(),
  keptTraces: z.int(),
  /** Services whose behaviour is well known. */
  matureServices: z.int(),
  /** How long ago spans came in when they were looked at, at most since it was told before. */
  lagMilliseconds: z.number(),
  /** What was refused, dropped or could not be told: by a closed set of reasons. */
  losses: z.array(
    z.strictObject({
      stage: z.enum(TRACING_STAGES),
      reason: z.string(),
      count: z.int(),
    }),
  ),
  /** When what was learnt was written last; null: not yet. RFC 3339. */
  snapshotAt: z.string().nullable(),
});
export type TracingStatus = z.infer<typeof TracingStatus>;

export const NOTHING_TRACED: TracingStatus = {
  ...{ spans: 0, hops: 0, stories: 0, services: 0, edges: 0, endpointEdges: 0 },
  ...{ heldSpans: 0, heldTraces: 0, keptTraces: 0, matureServices: 0, lagMilliseconds: 0 },
  ...{ losses: [], snapshotAt: null },
};
