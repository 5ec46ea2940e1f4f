import { type Hop, OUTCOME, RANK } from '../hop.ts';
import type { Explaining } from './explaining.ts';
import { live } from './life.ts';
import type { Moment } from './moment.ts';
import type { Relation } from './relation.ts';
import type { Rows } from './rows.ts';
import { NEWS, SERVICE } from './services.ts';
import { isRepeated } from './stamp.ts';
import { EDGE, ENDPOINT, PRINCIPAL, type Tables } from './tables.ts';
import { COUNTED, type Tally } from './tally.ts';
import { EXPLANATION } from './usual.ts';
import { WINDOW } from './windows.ts';

const MOST_REQUESTS = 1_000_000;

/** Learns from hops, one after another. */
export class Learner {
  readonly #tables: Tables;
  readonly #explaining: Explaining;
  #isProved = false;
  #isSuspect = false;
  #requests = 1;

  constructor(tables: Tables, explaining: Explaining) {
    this.#tables = tables;
    this.#explaining = explaining;
  }

  learn(hop: Hop, when: Moment, isSuspect: boolean): void {
    if (hop.callee === 0) return;
    this.#isProved = hop.rank === RANK.authenticated;
    this.#isSuspect = isSuspect;
    this.#requests = hop.count > 1 ? Math.min(hop.count, MOST_REQUESTS) : 1;
    this.#services(hop, when);
    this.#edge(hop, when);
    if (hop.endpoint !== 0) this.#endpoint(hop, when);
    if (hop.principal !== 0) this.#principal(hop, when);
    if (!isSuspect) this.#addresses(hop, when);
    this.#order(hop, when);
  }

  #services(hop: Hop, when: Moment): void {
    const { services } = this.#tables;
    const { caller, callee } = hop;
    services.see(caller, when);
    services.see(callee, when);
    if (hop.callerVersion !== 0) this.#version(caller, hop.callerVersion, when);
    if (hop.calleeVersion !== 0) this.#version(callee, hop.calleeVersion, when);
    if (hop.isOperational) return;
    services.countOut(caller, when, this.#requests);
    services.countIn(callee, when, this.#requests);
    services.windows.turn(caller, when.window);
    services.windows.count(caller, WINDOW.requests, this.#requests);
    if (hop.outcome === OUTCOME.denied)
      services.windows.count(caller, WINDOW.denials, this.#requests);
    if (hop.outcome === OUTCOME.failed)
      services.windows.count(caller, WINDOW.failures, this.#requests);
    if (!hop.hasContext && !hop.isMessage && caller !== 0) {
      services.windows.count(caller, WINDOW.lost, 1);
      if (!this.#hasLostContext(hop)) {
        services.noteDay(caller, SERVICE.lostContextDay, SERVICE.lostContextDays, when);
      }
    }
    this.#share(services.asCaller, caller, hop);
    this.#share(services.asCallee, callee, hop);
  }

  #hasLostContext({ caller, callee }: Hop): boolean {
    const { edges, edgeTally } = this.#tables;
    const row = edges.find(caller, callee);
    return edgeTally.sum(row, COUNTED.requests) - edgeTally.sum(row, COUNTED.context) > 0.5;
  }

  /** What was pointed at leaves shares as they are. */
  #share(tally: Tally, row: number, hop: Hop): void {
    if (this.#isSuspect) {
      tally.count(row, COUNTED.context, this.#requests);
      return;
    }
    if (hop.outcome === OUTCOME.failed) tally.count(row, COUNTED.failed, this.#requests);
    if (hop.outcome === OUTCOME.denied) tally.count(row, COUNTED.denied, this.#requests);
    if (hop.hasContext) tally.count(row, COUNTED.context, this.#requests);
    if (hop.caller === 0) tally.count(row, COUNTED.entries, this.#requests);
  }

  /** The first version of a service is no deployment: nothing was there before. */
  #version(service: number, version: number, when: Moment): void {
    if (service === 0) return;
    const { services, versions } = this.#tables;
    const { rows } = services;
    const before = rows.word(service, SERVICE.version);
    if (before === version && rows.word(service, SERVICE.versionHour) === when.hour) return;
    rows.setWord(service, SERVICE.versionHour, when.hour);
    versions.learn(service, version, when, false, false);
    rows.setWord(service, SERVICE.version, version);
    if (!versions.isNew || before === 0) return;
    if (when.second > rows.word(service, SERVICE.deployed)) {
      rows.setWord(service, SERVICE.deployed, when.second);
    }
    if (rows.word(service, SERVICE.versionDay) !== when.day) {
      rows.setWord(service, SERVICE.versionDay, when.day);
      rows.setWord(service, SERVICE.versionsThatDay, 0);
    }
    rows.addWord(service, SERVICE.versionsThatDay, 1);
  }

  #edge(hop: Hop, when: Moment): void {
    const { edges, edgeTally, services } = this.#tables;
    const { caller, callee } = hop;
    const row = this.#relate(edges, caller, callee, when);
    if (edges.isFirst) this.#news(hop, SERVICE.newEdgeDay, SERVICE.newEdgeDays, when);
    if (edges.isNewHour) {
      const isNew = edges.isNew;
      const isUnexplained = isNew && this.#explaining.explain(hop, when) === EXPLANATION.none;
      services.novelty.note(caller, NEWS.callees, when.hour, isUnexplained);
      services.novelty.note(callee, NEWS.callers, when.hour, isUnexplained);
      if (isNew) this.#newEdge(hop, when, isUnexplained);
    }
    this.#count(edges, edgeTally, row, WINDOW.callees, hop, when);
  }

  /** Days are noted of what is kept apart, too: that a service often does something new is no secret of an attack, and
   *  one day is one day however much is new on it. */
  #news(hop: Hop, day: number, days: number, when: Moment): void {
    if (this.#explaining.explain(hop, when) !== EXPLANATION.none) return;
    this.#tables.services.noteDay(hop.caller, day, days, when);
  }

  #newEdge({ caller, callee }: Hop, when: Moment, isUnexplained: boolean): void {
    const { services } = this.#tables;
    const { rows } = services;
    services.adjust(caller, SERVICE.callees, 1);
    if (caller !== 0) services.adjust(callee, SERVICE.callers, 1);
    if (!isUnexplained) {
      services.adjust(caller, SERVICE.explained, 1);
      return;
    }
    rows.setWord(caller, SERVICE.lastNewCallee, when.second);
  }

  #endpoint(hop: Hop, when: Moment): void {
    const { endpoints, endpointEdges, endpointEdgeTally, services } = this.#tables;
    const { caller, endpoint } = hop;
    live(endpoints, endpoint, when);
    const row = this.#relate(endpointEdges, caller, endpoint, when);
    if (endpointEdges.isFirst) {
      this.#news(hop, SERVICE.newEndpointDay, SERVICE.newEndpointDays, when);
    }
    if (endpointEdges.isNewHour) {
      const isNew = endpointEdges.isNew;
      const isUnexplained = isNew && this.#explaining.explain(hop, when) === EXPLANATION.none;
      services.novelty.note(caller, NEWS.endpoints, when.hour, isUnexplained);
      if (isNew) endpoints.addWord(endpoint, ENDPOINT.callers, 1);
      if (isNew && !isUnexplained) services.adjust(caller, SERVICE.explained, 1);
    }
    this.#count(endpointEdges, endpointEdgeTally, row, WINDOW.endpoints, hop, when);
  }

  /** Requests of an edge, and that it is one of those that its caller used in these 10 minutes. */
  #count(edges: Relation, tally: Tally, row: number, field: number, hop: Hop, when: Moment): void {
    if (row === 0 || hop.isOperational) return;
    const { rows } = edges.table;
    if (when.window > rows.word(row, EDGE.window)) {
      rows.setWord(row, EDGE.window, when.window);
      this.#tables.services.windows.count(hop.caller, field, 1);
    }
    tally.turn(row, when.hour);
    tally.count(row, COUNTED.requests, this.#requests);
    this.#share(tally, row, hop);
  }

  #principal(hop: Hop, when: Moment): void {
    const { principals, principalNovelty, accounts, principalPlaces, services } = this.#tables;
    const { principal, address } = hop;
    live(principals, principal, when);
    const service = hop.claimed !== 0 ? hop.claimed : hop.caller;
    if (this.#isRepeated(principals, principal, PRINCIPAL.stamp, when, service, address)) return;
    if (service !== 0) {
      this.#relate(accounts, principal, service, when);
      if (accounts.isNew) {
        principals.addWord(principal, PRINCIPAL.services, 1);
        services.adjust(service, SERVICE.principals, 1);
      }
    }
    if (address === 0) return;
    this.#relate(principalPlaces, principal, address, when);
    if (!principalPlaces.isNewHour) return;
    principalNovelty.note(principal, 0, when.hour, principalPlaces.isNew);
    if (principalPlaces.isNew) principals.addWord(principal, PRINCIPAL.addresses, 1);
  }

  #addresses(hop: Hop, when: Moment): void {
    const { servicePlaces, services } = this.#tables;
    const { caller, callee, address, callerInstance, calleeInstance } = hop;
    const { rows } = services;
    const { callerStamp, calleeStamp } = SERVICE;
    if (calleeInstance !== 0) {
      if (!this.#isRepeated(rows, callee, calleeStamp, when, calleeInstance, 0)) {
        this.#see(calleeInstance, callee, when, true);
      }
    }
    if (caller === 0) return;
    if (this.#isRepeated(rows, caller, callerStamp, when, address, callerInstance)) return;
    if (callerInstance !== 0) this.#see(callerInstance, caller, when, false);
    if (address === 0) return;
    this.#see(address, caller, when, this.#isProved);
    this.#relate(servicePlaces, caller, address, when);
    if (!servicePlaces.isNewHour) return;
    services.novelty.note(caller, NEWS.addresses, when.hour, servicePlaces.isNew);
    if (servicePlaces.isNew) services.adjust(caller, SERVICE.addresses, 1);
  }

  /** Two that are seen at one address at once are one under two names, or behind one proxy. */
  #see(address: number, service: number, when: Moment, isProved: boolean): void {
    const { addresses, neighbours } = this.#tables;
    const other = addresses.beside(address, service, when);
    if (other !== 0) {
      neighbours.learn(Math.min(other, service), Math.max(other, service), when, false, false);
    }
    addresses.see(address, service, when, isProved);
  }

  /** The order is known by trace contexts, which are a workload's own word. */
  #order(hop: Hop, when: Moment): void {
    const { orders, routes, recent, endpoints } = this.#tables;
    const { endpoint, parent } = hop;
    const entry = hop.isEntry ? hop.callee : recent.entry(parent);
    if (hop.id !== 0) recent.put(hop.id, endpoint, entry);
    if (endpoint === 0) return;
    const before = recent.endpoint(parent);
    if (this.#isRepeated(endpoints, endpoint, ENDPOINT.stamp, when, before, entry)) return;
    if (before !== 0) {
      orders.learn(before, endpoint, when, false, this.#isSuspect);
      if (orders.isNew) endpoints.addWord(endpoint, ENDPOINT.predecessors, 1);
    }
    if (entry === 0) return;
    routes.learn(entry, endpoint, when, false, this.#isSuspect);
    if (routes.isNew) endpoints.addWord(endpoint, ENDPOINT.routes, 1);
  }

  #isRepeated(
    rows: Rows,
    row: number,
    field: number,
    when: Moment,
    one: number,
    other: number,
  ): boolean {
    if (this.#isSuspect) return false;
    return isRepeated(rows, row, field, when, this.#isProved, one, other);
  }

  #relate(relation: Relation, a: number, b: number, when: Moment): number {
    return relation.learn(a, b, when, this.#isProved, this.#isSuspect);
  }
}
