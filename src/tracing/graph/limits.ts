import { z } from 'zod';

/** How much of the call graph is known at once, and what makes room for what is new. */
export const GraphLimits = z.strictObject({
  maxServices: z.int().min(1).max(1_000_000).default(20_000).describe('Services and hosts'),
  maxEdges: z
    .int()
    .min(1)
    .max(4_000_000)
    .default(80_000)
    .describe('Pairs of services of which one calls the other, 264 bytes each'),
  maxEndpointEdges: z
    .int()
    .min(1)
    .max(8_000_000)
    .default(400_000)
    .describe('Endpoints, once for each service that calls them, 192 bytes each'),
  establishedRequests: z
    .int()
    .min(1)
    .default(16)
    .describe('Requests after which an edge makes no room for a new one, unless it is stale'),
  restSeconds: z
    .number()
    .min(0)
    .default(3_600)
    .describe(
      'How long a rare edge stays after its last request before an equal one may take its place',
    ),
  staleSeconds: z
    .number()
    .min(0)
    .default(30 * 86_400)
    .describe('How long any edge stays after its last request before another may take its place'),
});
export type GraphLimits = z.infer<typeof GraphLimits>;
