import type { Detection } from './detection.ts';
import { blockedEndpoint } from './kinds/blocked-endpoint.ts';
import { contradictedClaim } from './kinds/contradicted-claim.ts';
import { dormantAlive } from './kinds/dormant-alive.ts';
import { forbiddenCall } from './kinds/forbidden-call.ts';
import { internalEntry } from './kinds/internal-entry.ts';
import { missingContext } from './kinds/missing-context.ts';
import { newEdge } from './kinds/new-edge.ts';
import { newEndpoint } from './kinds/new-endpoint.ts';
import { newPlace } from './kinds/new-place.ts';
import { scan } from './kinds/scan.ts';
import { sensitiveRoute } from './kinds/sensitive-route.ts';
import { shadowEntry } from './kinds/shadow-entry.ts';
import { unknownWorkload } from './kinds/unknown-workload.ts';
import { volume } from './kinds/volume.ts';

/** Everything that is looked for in single hops. What shows in several of them together is a pattern of stories. */
export const DETECTIONS: readonly Detection[] = [
  newEdge,
  newEndpoint,
  contradictedClaim,
  internalEntry,
  missingContext,
  scan,
  sensitiveRoute,
  dormantAlive,
  newPlace,
  volume,
  unknownWorkload,
  shadowEntry,
  forbiddenCall,
  blockedEndpoint,
];
