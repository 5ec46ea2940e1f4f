import { Hop, RANK } from '../hop.ts';
import { daysSeen, LIFE, settledDays, wasSeen } from './life.ts';
import { maturityOf } from './maturity.ts';
import { Moment } from './moment.ts';
import { RELATION, type Relation } from './relation.ts';
import { NEWS, SERVICE } from './services.ts';
import { ENDPOINT, PRINCIPAL, type Tables } from './tables.ts';
import { COUNTED } from './tally.ts';
import type { Usual } from './usual.ts';
import { WINDOW } from './windows.ts';

const DAY_MS = 86_400_000;
const UNSETTLED_DAYS = 3;
/** What a person has said to be as it should be is as well known as after so many days. */
const VOUCHED_DAYS = 14;

/** What is usual for one hop, found out where it is asked for: most of it is not asked for most hops. */
export class LiveUsual implements Usual {
  readonly #tables: Tables;
  #hop = new Hop();
  #when = new Moment();
  #isProved = false;
  /** Rows of the edge and the endpoint edge; 0: there is none. */
  #edge = 0;
  #endpointEdge = 0;
  /** The endpoint that led here, and the service by which its trace came in. */
  #before = 0;
  #entry = 0;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Is about another hop from now on. */
  turn(hop: Hop, when: Moment): this {
    const { edges, endpointEdges, recent } = this.#tables;
    this.#hop = hop;
    this.#when = when;
    this.#isProved = hop.rank === RANK.authenticated;
    this.#edge = edges.find(hop.caller, hop.callee);
    this.#endpointEdge = hop.endpoint === 0 ? 0 : endpointEdges.find(hop.caller, hop.endpoint);
    this.#before = recent.endpoint(hop.parent);
    this.#entry = hop.isEntry ? hop.callee : recent.entry(hop.parent);
    return this;
  }

  get watchedMs() {
    return this.#tables.services.watchedMs(this.#when);
  }

  // Caller -> callee.
  get isEdgeKnown() {
    return this.#tables.edges.isKnown(this.#edge, this.#when, this.#isProved);
  }
  get isEdgeUsual() {
    return this.#tables.edges.isUsual(this.#edge, this.#when, this.#isProved);
  }
  get isEdgeClaimed() {
    return (
      this.#isProved &&
      !this.isEdgeKnown &&
      this.#tables.edges.isKnown(this.#edge, this.#when, false)
    );
  }
  get isEdgeQuarantined() {
    return this.#tables.edges.isQuarantined(this.#edge, this.#when, this.#isProved);
  }
  get isEdgeMalicious() {
    return this.#tables.edges.isMalicious(this.#edge);
  }
  get edgeDays() {
    return this.#tables.edges.days(this.#edge, this.#when, this.#isProved);
  }
  get edgeHours() {
    return this.#tables.edges.hours(this.#edge, this.#when, this.#isProved);
  }
  get edgeQuietMs() {
    return this.#when.since(this.#tables.edges.table.rows.word(this.#edge, RELATION.last));
  }
  get edgeVolumeNow() {
    return this.#tables.edgeTally.now(this.#edge, this.#when.hour);
  }
  get edgeVolumeDeviation() {
    return this.#tables.edgeTally.deviation(this.#edge, this.edgeVolumeNow);
  }
  get isEdgeHourKnown() {
    return this.#tables.edges.isHourKnown(this.#edge, this.#when);
  }
  get edgeAgeMs() {
    return this.#when.since(this.#tables.edges.table.rows.word(this.#edge, RELATION.first));
  }
  get edgeCount() {
    return this.#tables.edgeTally.sum(this.#edge, COUNTED.requests);
  }
  get edgeContextShare() {
    return this.#tables.edgeTally.share(this.#edge, COUNTED.context);
  }
  get edgeContextShareNow() {
    return this.#tables.edgeTally.shareNow(this.#edge, COUNTED.context, this.#when.hour);
  }
  get edgeFailedShare() {
    return this.#tables.edgeTally.share(this.#edge, COUNTED.failed);
  }
  get edgeDeniedShare() {
    return this.#tables.edgeTally.share(this.#edge, COUNTED.denied);
  }

  // Caller -> endpoint.
  get isEndpointEdgeKnown() {
    return this.#tables.endpointEdges.isKnown(this.#endpointEdge, this.#when, this.#isProved);
  }
  get isEndpointEdgeUsual() {
    return this.#tables.endpointEdges.isUsual(this.#endpointEdge, this.#when, this.#isProved);
  }
  get isEndpointEdgeClaimed() {
    return (
      this.#isProved &&
      !this.isEndpointEdgeKnown &&
      this.#tables.endpointEdges.isKnown(this.#endpointEdge, this.#when, false)
    );
  }
  get isEndpointEdgeQuarantined() {
    return this.#tables.endpointEdges.isQuarantined(this.#endpointEdge, this.#when, this.#isProved);
  }
  get isEndpointEdgeMalicious() {
    return this.#tables.endpointEdges.isMalicious(this.#endpointEdge);
  }
  get endpointEdgeDays() {
    return this.#tables.endpointEdges.days(this.#endpointEdge, this.#when, this.#isProved);
  }
  get endpointEdgeHours() {
    return this.#tables.endpointEdges.hours(this.#endpointEdge, this.#when, this.#isProved);
  }
  get endpointEdgeQuietMs() {
    return this.#when.since(
      this.#tables.endpointEdges.table.rows.word(this.#endpointEdge, RELATION.last),
    );
  }
  get endpointEdgeVolumeNow() {
    return this.#tables.endpointEdgeTally.now(this.#endpointEdge, this.#when.hour);
  }
  get endpointEdgeVolumeDeviation() {
    return this.#tables.endpointEdgeTally.deviation(this.#endpointEdge, this.endpointEdgeVolumeNow);
  }

  // The endpoint.
  get endpointCallers() {
    return this.#tables.endpoints.word(this.#hop.endpoint, ENDPOINT.callers);
  }
  get endpointDays() {
    return daysSeen(this.#tables.endpoints, this.#hop.endpoint, this.#when);
  }
  get endpointAgeMs() {
    return this.#when.since(this.#tables.endpoints.word(this.#hop.endpoint, LIFE.first));
  }
  get endpointQuietMs() {
    return this.#when.since(this.#tables.endpoints.word(this.#hop.endpoint, LIFE.last));
  }
  get predecessors() {
    return this.#tables.endpoints.word(this.#hop.endpoint, ENDPOINT.predecessors);
  }
  get routes() {
    return this.#tables.endpoints.word(this.#hop.endpoint, ENDPOINT.routes);
  }

  // The caller.
  get isCallerKnown() {
    return wasSeen(this.#tables.services.rows, this.#hop.caller);
  }
  get callerAgeMs() {
    return this.#when.since(this.#tables.services.rows.word(this.#hop.caller, LIFE.first));
  }
  get callerDays() {
    return daysSeen(this.#tables.services.rows, this.#hop.caller, this.#when);
  }
  get callerMaturity() {
    return maturityOf(this.#tables, this.#hop.caller, this.#when);
  }
  get callerDeployedMs() {
    return this.#when.since(this.#tables.services.rows.word(this.#hop.caller, SERVICE.deployed));
  }
  get callerDormantMs() {
    return this.#when.since(this.#tables.services.rows.word(this.#hop.caller, LIFE.last));
  }
  get callerNovelty() {
    return this.#tables.services.novelty.rate(this.#hop.caller, NEWS.callees);
  }
  get callerEndpointNovelty() {
    return this.#tables.services.novelty.rate(this.#hop.caller, NEWS.endpoints);
  }
  get callerAddressNovelty() {
    return this.#tables.services.novelty.rate(this.#hop.caller, NEWS.addresses);
  }
  get callerCallees() {
    return this.#tables.services.rows.word(this.#hop.caller, SERVICE.callees);
  }
  get callerPrincipals() {
    return this.#tables.services.rows.word(this.#hop.caller, SERVICE.principals);
  }
  get callerAddresses() {
    return this.#tables.services.rows.word(this.#hop.caller, SERVICE.addresses);
  }
  get callerSettledDays() {
    const days = this.#settled(LIFE.day, LIFE.days);
    const { rows } = this.#tables.services;
    const isVouchedFor = rows.word(this.#hop.caller, SERVICE.isVouchedFor) === 1;
    return isVouchedFor ? Math.max(days, VOUCHED_DAYS) : days;
  }
  get callerNewEdgeDays() {
    return this.#settled(SERVICE.newEdgeDay, SERVICE.newEdgeDays);
  }
  get callerNewEndpointDays() {
    return this.#settled(SERVICE.newEndpointDay, SERVICE.newEndpointDays);
  }
  get callerLostContextDays() {
    return this.#settled(SERVICE.lostContextDay, SERVICE.lostContextDays);
  }
  get callerLostContextNow() {
    return this.#tables.services.windows.now(this.#hop.caller, WINDOW.lost, this.#when.window);
  }
  get callerDeniedShare() {
    return this.#tables.services.asCaller.share(this.#hop.caller, COUNTED.denied);
  }
  get callerFailedShare() {
    return this.#tables.services.asCaller.share(this.#hop.caller, COUNTED.failed);
  }
  get callerContextShare() {
    return this.#tables.services.asCaller.share(this.#hop.caller, COUNTED.context);
  }
  get callerHourDays() {
    return this.#tables.services.rhythm.days(this.#hop.caller, this.#when.hour);
  }
  get callerHourDaysMost() {
    return this.#tables.services.rhythm.mostDays(this.#hop.caller);
  }
  get callerVolumeNow() {
    return this.#tables.services.asCaller.now(this.#hop.caller, this.#when.hour);
  }
  get callerVolumeDeviation() {
    return this.#tables.services.rhythm.deviation(
      this.#hop.caller,
      this.#when.hour,
      this.callerVolumeNow,
    );
  }
  get fanOutNow() {
    return this.#tables.services.windows.now(this.#hop.caller, WINDOW.callees, this.#when.window);
  }
  get endpointFanOutNow() {
    return this.#tables.services.windows.now(this.#hop.caller, WINDOW.endpoints, this.#when.window);
  }
  get callerRequestsNow() {
    return this.#tables.services.windows.now(this.#hop.caller, WINDOW.requests, this.#when.window);
  }
  get denialsNow() {
    return this.#tables.services.windows.now(this.#hop.caller, WINDOW.denials, this.#when.window);
  }
  get failuresNow() {
    return this.#tables.services.windows.now(this.#hop.caller, WINDOW.failures, this.#when.window);
  }
  get fanOutUsual() {
    return this.#tables.services.windows.usual(this.#hop.caller, WINDOW.callees);
  }
  get endpointFanOutUsual() {
    return this.#tables.services.windows.usual(this.#hop.caller, WINDOW.endpoints);
  }

  // The callee.
  get isCalleeKnown() {
    return wasSeen(this.#tables.services.rows, this.#hop.callee);
  }
  get calleeAgeMs() {
    return this.#when.since(this.#tables.services.rows.word(this.#hop.callee, LIFE.first));
  }
  get calleeDays() {
    return daysSeen(this.#tables.services.rows, this.#hop.callee, this.#when);
  }
  get calleeMaturity() {
    return maturityOf(this.#tables, this.#hop.callee, this.#when);
  }
  get calleeDeployedMs() {
    return this.#when.since(this.#tables.services.rows.word(this.#hop.callee, SERVICE.deployed));
  }
  get calleeCallers() {
    return this.#tables.services.rows.word(this.#hop.callee, SERVICE.callers);
  }
  get calleeNovelty() {
    return this.#tables.services.novelty.rate(this.#hop.callee, NEWS.callers);
  }
  get entryShare() {
    return this.#tables.services.asCallee.share(this.#hop.callee, COUNTED.entries);
  }
  get calleeContextShare() {
    return this.#tables.services.asCallee.share(this.#hop.callee, COUNTED.context);
  }
  get calleeDeniedShare() {
    return this.#tables.services.asCallee.share(this.#hop.callee, COUNTED.denied);
  }
  get calleeRequests() {
    return this.#tables.services.asCallee.sum(this.#hop.callee, COUNTED.requests);
  }

  // The proved identity.
  get isPrincipalKnown() {
    return this.principalDormantMs < Infinity;
  }
  get principalDays() {
    return this.#hop.principal === 0
      ? 0
      : daysSeen(this.#tables.principals, this.#hop.principal, this.#when);
  }
  get principalDormantMs() {
    return this.#when.since(this.#tables.principals.word(this.#hop.principal, LIFE.last));
  }
  get principalServices() {
    return this.#tables.principals.word(this.#hop.principal, PRINCIPAL.services);
  }
  get isPrincipalKnownForCaller() {
    return this.#tables.accounts.isKnown(
      this.#account(this.#hop.caller),
      this.#when,
      this.#isProved,
    );
  }
  get isPrincipalKnownForClaimed() {
    return this.#tables.accounts.isKnown(
      this.#account(this.#hop.claimed),
      this.#when,
      this.#isProved,
    );
  }
  get principalDaysForClaimed() {
    return this.#tables.accounts.days(this.#account(this.#hop.claimed), this.#when, this.#isProved);
  }
  get principalAddresses() {
    return this.#tables.principals.word(this.#hop.principal, PRINCIPAL.addresses);
  }
  get principalAddressNovelty() {
    return this.#hop.principal === 0
      ? 1
      : this.#tables.principalNovelty.rate(this.#hop.principal, 0);
  }

  // Where it came from.
  get addressOwner() {
    return this.#tables.addresses.owner(this.#hop.address);
  }
  get addressOwnerSinceMs() {
    return this.#when.since(this.#tables.addresses.since(this.#hop.address));
  }
  get addressOwnerQuietMs() {
    return this.#when.since(this.#tables.addresses.last(this.#hop.address));
  }
  get isAddressOwnerProved() {
    return this.#tables.addresses.isProved(this.#hop.address);
  }
  get isAddressShared() {
    return this.#tables.addresses.isShared(this.#hop.address, this.#when);
  }
  get isOwnerNeighbour() {
    return this.areNeighbours(this.addressOwner, this.#hop.caller);
  }
  get isPlaceCalledByCaller() {
    return this.#calls(this.#hop.caller, this.addressOwner);
  }
  get isProvedCalledByClaimed() {
    return this.#calls(this.#hop.claimed, this.#hop.proved);
  }
  get isPrincipalKnownForPlace() {
    return this.#tables.accounts.isKnown(this.#account(this.addressOwner), this.#when, false);
  }
  get isAddressKnownForCaller() {
    return this.#isPlace(this.#tables.servicePlaces, this.#hop.caller);
  }
  get isAddressKnownForPrincipal() {
    return this.#isPlace(this.#tables.principalPlaces, this.#hop.principal);
  }

  // What led to it.
  get hasPredecessor() {
    return this.#before !== 0;
  }
  get isPredecessorKnown() {
    return this.#leads(this.#tables.orders, this.#before);
  }
  get hasRoute() {
    return this.#entry !== 0;
  }
  get isRouteKnown() {
    return this.#leads(this.#tables.routes, this.#entry);
  }
  get routeDays() {
    return this.#tables.routes.days(
      this.#tables.routes.find(this.#entry, this.#hop.endpoint),
      this.#when,
      false,
    );
  }
  get entryService() {
    return this.#entry;
  }

  /** Whether two services were at one address on several days. */
  areNeighbours(one: number, other: number): boolean {
    const { neighbours } = this.#tables;
    const row = neighbours.find(Math.min(one, other), Math.max(one, other));
    return neighbours.isUsual(row, this.#when, false);
  }

  /** Days of the caller, without its first, in which all is new. */
  #settled(day: number, days: number): number {
    const { rows } = this.#tables.services;
    const age = Math.floor(this.callerAgeMs / DAY_MS) - UNSETTLED_DAYS;
    return settledDays(rows, this.#hop.caller, day, days, this.#when, age);
  }

  #calls(caller: number, callee: number): boolean {
    if (caller === 0 || callee === 0) return false;
    const { edges } = this.#tables;
    return edges.isKnown(edges.find(caller, callee), this.#when, false);
  }

  #account(service: number): number {
    const { principal } = this.#hop;
    return principal === 0 || service === 0 ? 0 : this.#tables.accounts.find(principal, service);
  }

  #isPlace(places: Relation, of: number): boolean {
    const { address } = this.#hop;
    if (of === 0 || address === 0) return false;
    const row = places.find(of, address);
    if (!places.isKnown(row, this.#when, this.#isProved)) return false;
    // addresses are given to others: what was there before the one that is there now has no more to do with it
    const isOfNow = places.last(row) >= this.#tables.addresses.since(address);
    return isOfNow || places.isUsual(row, this.#when, this.#isProved);
  }

  /** What led to what is known by trace contexts, which nobody proves. */
  #leads(relation: Relation, from: number): boolean {
    const { endpoint } = this.#hop;
    if (from === 0 || endpoint === 0) return false;
    return relation.isKnown(relation.find(from, endpoint), this.#when, false);
  }
}
