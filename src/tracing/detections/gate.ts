import type { Usual } from '../baseline/index.ts';
import type { Hop } from '../hop.ts';
import type { DetectionSettings } from './settings.ts';
import { UNUSUAL } from './unusual.ts';

/** Shares under which something is not what a service is for. */
const ENTRY_SHARE = 0.05;
const CONTEXT_SHARE = 0.9;
const LEAST_REQUESTS = 20;
const LEAST_DENIALS = 4;
const DAY_MS = 86_400_000;

export type GateSettings = Pick<DetectionSettings, 'volumeDeviations' | 'dormantDays'>;

/** What of `UNUSUAL` a hop has: the first look, which costs comparisons only. */
export function unusualOf(
  hop: Hop,
  usual: Usual,
  { volumeDeviations, dormantDays }: GateSettings,
): number {
  if (hop.isOperational && (hop.caller === 0 || usual.isEdgeKnown)) return 0;
  let found = 0;
  if (hop.caller !== 0) found = unusualCaller(hop, usual, volumeDeviations, dormantDays * DAY_MS);
  else if (isStrangeEntry(hop, usual)) found = UNUSUAL.entry;
  else if (isNewEntry(hop, usual)) found = UNUSUAL.newEntry;
  if (usual.isEdgeMalicious || usual.isEndpointEdgeMalicious) found |= UNUSUAL.malicious;
  if (hop.principal !== 0 && hop.claimed !== 0 && hop.claimed !== hop.proved) {
    if (!usual.isPrincipalKnownForClaimed) found |= UNUSUAL.claim;
  }
  return isElsewhere(hop, usual) ? found | UNUSUAL.place : found;
}

function unusualCaller(
  hop: Hop,
  usual: Usual,
  volumeDeviations: number,
  dormantMs: number,
): number {
  let found = 0;
  if (!usual.isEdgeKnown) found |= usual.isEdgeQuarantined ? 0 : UNUSUAL.edge;
  else if (hop.endpoint !== 0 && !usual.isEndpointEdgeKnown) {
    found |= usual.isEndpointEdgeQuarantined ? 0 : UNUSUAL.endpoint;
  }
  if (usual.callerDays <= 1) found |= UNUSUAL.caller;
  if (!hop.hasContext && !hop.isMessage && isContextUsual(usual)) found |= UNUSUAL.context;
  if (isBurst(usual)) found |= UNUSUAL.burst;
  if (isNewRoute(usual)) found |= UNUSUAL.route;
  if (isDormant(hop, usual, dormantMs)) found |= UNUSUAL.dormant;
  if (
    usual.edgeVolumeDeviation > volumeDeviations ||
    usual.endpointEdgeVolumeDeviation > volumeDeviations
  ) {
    found |= UNUSUAL.volume;
  }
  return found;
}

function isStrangeEntry(hop: Hop, usual: Usual): boolean {
  return hop.isEntry && !hop.isMessage && usual.calleeCallers > 0 && usual.entryShare < ENTRY_SHARE;
}

function isNewEntry(hop: Hop, usual: Usual): boolean {
  return (
    hop.isEntry &&
    hop.endpoint !== 0 &&
    !usual.isEndpointEdgeKnown &&
    !usual.isEndpointEdgeQuarantined
  );
}

function isContextUsual(usual: Usual): boolean {
  return usual.edgeCount >= LEAST_REQUESTS
    ? usual.edgeContextShare > CONTEXT_SHARE
    : usual.calleeRequests >= LEAST_REQUESTS && usual.calleeContextShare > CONTEXT_SHARE;
}

function isBurst(usual: Usual): boolean {
  return (
    usual.fanOutNow > Math.max(6, usual.fanOutUsual * 2) ||
    usual.endpointFanOutNow > Math.max(6, usual.endpointFanOutUsual * 2) ||
    (usual.denialsNow >= LEAST_DENIALS &&
      usual.denialsNow > 2 * usual.callerDeniedShare * usual.callerRequestsNow) ||
    (usual.failuresNow >= LEAST_DENIALS &&
      usual.failuresNow > 2 * usual.callerFailedShare * usual.callerRequestsNow)
  );
}

function isNewRoute(usual: Usual): boolean {
  return (
    usual.isEdgeKnown &&
    ((usual.hasRoute && !usual.isRouteKnown) || (usual.hasPredecessor && !usual.isPredecessorKnown))
  );
}

function isDormant(hop: Hop, usual: Usual, dormantMs: number): boolean {
  const quiet = hop.principal === 0 ? usual.callerDormantMs : usual.principalDormantMs;
  return quiet >= dormantMs && quiet !== Infinity;
}

function isElsewhere(hop: Hop, usual: Usual): boolean {
  return (
    usual.addressOwner !== 0 &&
    usual.addressOwner !== hop.caller &&
    !usual.isAddressShared &&
    !usual.isAddressKnownForCaller &&
    !usual.isOwnerNeighbour &&
    !(hop.principal !== 0 && (usual.isAddressKnownForPrincipal || usual.isPrincipalKnownForPlace))
  );
}

/** An identity of one service, or its name, comes from an address where neither of the two was seen. A name that was sent on
 *  comes from anywhere. */
export function isVisit(hop: Hop, usual: Usual): boolean {
  return (
    (hop.proved !== 0 || (hop.claimed !== 0 && hop.intended === hop.callee)) &&
    hop.address !== 0 &&
    usual.addressOwner !== hop.caller &&
    !usual.isAddressShared &&
    !usual.isAddressKnownForCaller &&
    !usual.isAddressKnownForPrincipal &&
    !usual.isPrincipalKnownForPlace &&
    !usual.isOwnerNeighbour
  );
}
