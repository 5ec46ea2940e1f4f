/** What explains that something is new. `version`: the service runs something new, by its own word; `rollout`: a cluster
 *  or repository says that it changed; `declared`: its declaration has the call. */
export const EXPLANATION = { none: 0, version: 1, rollout: 2, declared: 3 } as const;
export type Explanation = (typeof EXPLANATION)[keyof typeof EXPLANATION];

/** What is usual for one hop, as `Baseline.look` finds it. One object serves for all hops: nobody keeps it. Known: learnt
 *  before with evidence of at least the hop's rank, and not in quarantine. Usual: known, and on several days or accepted.
 *  Days are different days of the last 32; hours and counts fade with the half-life. Milliseconds `…Ms` are ages at the
 *  hop, Infinity where it never was. Shares and novelty are 0 to 1. */
export class Usual {
  /** For how long the estate has been watched; Infinity where a person has said that all of it is as it should be. */
  watchedMs = 0;

  /** Caller -> callee. */
  isEdgeKnown = false;
  isEdgeUsual = false;
  /** Known, but only by the workloads' own word, while this hop is authenticated. */
  isEdgeClaimed = false;
  /** A sign was seen on it, and neither time nor a person has settled it. */
  isEdgeQuarantined = false;
  /** A person called it malicious. */
  isEdgeMalicious = false;
  /** Seen at this hour of the day before. */
  isEdgeHourKnown = false;
  edgeDays = 0;
  edgeHours = 0;
  edgeCount = 0;
  edgeAgeMs = Infinity;
  edgeQuietMs = Infinity;
  edgeContextShare = 0;
  /** The same of this hour's requests. */
  edgeContextShareNow = 0;
  edgeFailedShare = 0;
  edgeDeniedShare = 0;
  /** Requests of this hour so far, and how many deviations that is over the usual hour of this edge. */
  edgeVolumeNow = 0;
  edgeVolumeDeviation = 0;

  /** Caller -> endpoint. */
  isEndpointEdgeKnown = false;
  isEndpointEdgeUsual = false;
  isEndpointEdgeClaimed = false;
  isEndpointEdgeQuarantined = false;
  isEndpointEdgeMalicious = false;
  endpointEdgeDays = 0;
  endpointEdgeHours = 0;
  endpointEdgeQuietMs = Infinity;
  endpointEdgeVolumeNow = 0;
  endpointEdgeVolumeDeviation = 0;

  /** The endpoint itself. */
  endpointCallers = 0;
  endpointDays = 0;
  endpointAgeMs = Infinity;
  endpointQuietMs = Infinity;

  /** The caller. Of outside (0), too: it calls what is entered. */
  isCallerKnown = false;
  callerAgeMs = Infinity;
  callerDays = 0;
  callerDormantMs = Infinity;
  callerMaturity = 0;
  /** How probable it is that its next call goes to a callee, or an endpoint, that it never called: Good-Turing over
   *  different hours, and without what is explained. */
  callerNovelty = 1;
  callerEndpointNovelty = 1;
  callerCallees = 0;
  /** Different days of the last 32, without its first three and the one that it is, on which it was seen (at least 14
   *  where a person has said that all is as it should be); on which it called somebody new, or
   *  something new of anybody, without an explanation; on which it sent something without a context where it always had sent one. */
  callerSettledDays = 0;
  callerNewEdgeDays = 0;
  callerNewEndpointDays = 0;
  callerLostContextDays = 0;
  /** Different callees and endpoints in these 10 minutes, and at most in nearly all others (about 95 %). */
  fanOutNow = 0;
  fanOutUsual = 0;
  endpointFanOutNow = 0;
  endpointFanOutUsual = 0;
  /** Denials and failures in these 10 minutes, and the usual shares. */
  denialsNow = 0;
  failuresNow = 0;
  callerRequestsNow = 0;
  /** Requests without a context in these 10 minutes. */
  callerLostContextNow = 0;
  callerDeniedShare = 0;
  callerFailedShare = 0;
  callerContextShare = 0;
  /** Days, fading, on which it was active at this hour of the day; of `callerHourDaysMost` at its busiest hour. */
  callerHourDays = 0;
  callerHourDaysMost = 0;
  callerVolumeNow = 0;
  callerVolumeDeviation = 0;
  callerPrincipals = 0;
  callerAddresses = 0;
  /** How probable it is that it comes from an address where it never was. */
  callerAddressNovelty = 1;
  /** Since it first ran the newest of what it runs. */
  callerDeployedMs = Infinity;

  /** The callee. */
  isCalleeKnown = false;
  calleeAgeMs = Infinity;
  calleeDays = 0;
  calleeMaturity = 0;
  calleeCallers = 0;
  /** How probable it is that its next caller is a new one. */
  calleeNovelty = 1;
  /** Share of its requests that nobody of the estate sent, that came with a trace context, that it denied. */
  entryShare = 0;
  calleeContextShare = 0;
  calleeDeniedShare = 0;
  calleeRequests = 0;
  calleeDeployedMs = Infinity;

  /** The proved identity. */
  isPrincipalKnown = false;
  principalDays = 0;
  principalDormantMs = Infinity;
  /** Services that go by it, and whether the caller, and the service that the caller claims to be, are of them. */
  principalServices = 0;
  isPrincipalKnownForCaller = false;
  isPrincipalKnownForClaimed = false;
  principalDaysForClaimed = 0;
  principalAddresses = 0;
  principalAddressNovelty = 1;

  /** Where it came from: the service that is known to run there (0: none is), since when, when that was last seen there,
   *  and whether several are there at once. */
  addressOwner = 0;
  addressOwnerSinceMs = Infinity;
  addressOwnerQuietMs = Infinity;
  /** The owner was proved there, or has said so by its own word only. */
  isAddressOwnerProved = false;
  isAddressShared = false;
  /** It and the caller were at one address on several days. */
  isOwnerNeighbour = false;
  /** Whom the caller, or the one that it claims to be, is known to call: the one that runs there; the one that has proved
   *  to be the caller. A service without instrumentation sends on the context that it was called with. */
  isPlaceCalledByCaller = false;
  isProvedCalledByClaimed = false;
  /** The one that runs there goes by the proved identity, too. */
  isPrincipalKnownForPlace = false;
  isAddressKnownForCaller = false;
  isAddressKnownForPrincipal = false;

  /** What led to it: the endpoint that the hop before was of, and the service by which its trace came in. False where
   *  that hop was not seen. */
  hasPredecessor = false;
  isPredecessorKnown = false;
  predecessors = 0;
  hasRoute = false;
  isRouteKnown = false;
  routeDays = 0;
  routes = 0;
  /** The service by which its trace came in; 0: not known. */
  entryService = 0;

  /** Whether two services were at one address on several days: one under two names, or both behind a proxy. */
  areNeighbours(_one: number, _other: number): boolean {
    return false;
  }
}
