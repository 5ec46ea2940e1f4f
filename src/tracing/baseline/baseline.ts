import type { Hop } from '../hop.ts';
import type { TracingNames } from '../names.ts';
import { finish, type Steps } from '../steps.ts';
import { bringNear } from './ahead.ts';
import { callerByPlace } from './by-place.ts';
import { describeService } from './describe.ts';
import { type ChangeView, Explaining } from './explaining.ts';
import { Learner } from './learner.ts';
import { LiveUsual } from './live-usual.ts';
import { maturityBecause, maturityOf } from './maturity.ts';
import type { ServiceBaseline } from './model.ts';
import { Moment } from './moment.ts';
import type { Relation } from './relation.ts';
import type { BaselineSettings } from './settings.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';
import { Tables } from './tables.ts';
import type { Explanation, Usual } from './usual.ts';

/** How far ahead of the clock a hop is believed. */
const AHEAD_MS = 600_000;
/** Rows of each table that are looked through for what faded, in one tick. */
const FORGET_ROWS = 2_048;

export interface BaselineParts {
  readonly names: TracingNames;
  readonly settings: BaselineSettings;
  /** What explains changes; without it, versions do. */
  readonly changes?: ChangeView;
}

/** A pair that a person judges, by numbers. Without an endpoint it is the whole edge. */
export interface JudgedEdge {
  readonly caller: number;
  readonly callee: number;
  readonly endpoint?: number;
  /** Also that the account is this service's, and used from this address. */
  readonly principal?: number;
  readonly address?: number;
}

export interface TableSize {
  readonly size: number;
  /** What is kept no longer, and what was never kept, because there is too much. */
  readonly evicted: number;
  readonly refused: number;
}

/** What is usual in an estate, learnt from its traffic. Look at a hop before it is learnt. */
export class Baseline {
  readonly #tables: Tables;
  readonly #names: TracingNames;
  readonly #explaining: Explaining;
  readonly #learner: Learner;
  readonly #usual: LiveUsual;
  readonly #when = new Moment();
  #now = 0;
  #latest = 0;

  constructor({ names, settings, changes }: BaselineParts) {
    this.#tables = new Tables(settings);
    this.#names = names;
    this.#explaining = new Explaining(names, this.#tables.services, settings, changes);
    this.#learner = new Learner(this.#tables, this.#explaining);
    this.#usual = new LiveUsual(this.#tables);
  }

  /** Hops that will be looked at and learnt next: what they need is read for all of them at once. */
  bringNear(hops: readonly Hop[], count: number): void {
    bringNear(this.#tables, hops, count);
  }

  /** What is usual for a hop that was not learnt yet: the same object every time, which holds until the next `look` or
   *  `learn`, while the hop is as it is. */
  look(hop: Hop): Usual {
    return this.#usual.turn(hop, this.#at(hop));
  }

  /** The service that is known to run where a request came from; 0: none is. For requests of which nobody says who sent
   *  them. */
  callerByPlace(hop: Hop, mayBe: (principal: number, service: number) => boolean): number {
    return callerByPlace(this.#tables, hop, this.#at(hop), mayBe);
  }

  /** Learns a hop. One that a detection pointed at is learnt apart. */
  learn(hop: Hop, isSuspect = false): void {
    const when = this.#at(hop);
    this.#latest = Math.max(this.#latest, when.ms);
    this.#learner.learn(hop, when, isSuspect);
  }

  /** What explains that a hop is of something new; ask only about what is. */
  explanation(hop: Hop): Explanation {
    return this.#explaining.explain(hop, this.#at(hop));
  }

  /** A person says that an edge is as it should be. */
  accept(edge: JudgedEdge): void {
    const when = this.#latestMoment();
    this.#judge(edge, 'accept', (relation, a, b) => relation.accept(a, b, when));
  }

  /** A person says that an edge is an attack: it is not learnt until somebody accepts it. */
  refuse(edge: JudgedEdge): void {
    const when = this.#latestMoment();
    this.#judge(edge, 'refuse', (relation, a, b) => relation.refuse(a, b, when));
  }

  /** What a person has said of an edge, by `accept` or `refuse`, no longer holds: it is judged by what was seen of it. */
  pardon(edge: JudgedEdge, said: 'accept' | 'refuse'): void {
    this.#judge(edge, said, (relation, a, b) => relation.pardon(a, b, said));
  }

  /** A person says that all that was seen up to now is as it should be: it is usual, and services count as seen on as
   *  many days as it takes to know them. */
  acceptAll(): void {
    this.#tables.acceptAll(this.#latestMoment());
  }

  /** Goes on in time: what faded is forgotten, and hops from far in the future are not believed. */
  tick(now: number): void {
    this.#now = Math.max(this.#now, now);
    const when = this.#latestMoment();
    for (const relation of Object.values(this.#tables.relations)) {
      relation.forget(when, FORGET_ROWS);
    }
  }

  /** How well a service's behaviour is known, 0 to 1. */
  maturityOf(service: number): number {
    return maturityOf(this.#tables, service, this.#latestMoment());
  }
  /** The same in a few words. */
  maturityBecause(service: number): string {
    return maturityBecause(this.#tables, service, this.#latestMoment());
  }

  /** What is usual for a service, for people; its lists have no more than `most` members. */
  describe(service: number, most = 1_000): ServiceBaseline {
    const when = this.#latestMoment();
    return describeService({ tables: this.#tables, names: this.#names, when, most }, service);
  }

  /** How much is kept, and what gave way or found no place, by table. */
  get sizes(): Readonly<Record<string, TableSize>> {
    const entries = Object.entries(this.#tables.relations);
    return Object.fromEntries(
      entries.map(([name, { size, evicted, refused }]) => [name, { size, evicted, refused }]),
    );
  }

  /** All that was learnt, as bytes; with names by text, for numbers differ after a restart. */
  snapshot(): Buffer {
    return Buffer.concat(finish(this.snapshotSteps()));
  }

  /** The same in steps, between which it may learn. */
  snapshotSteps(): Steps<Uint8Array[]> {
    const clocks = { now: this.#now, latest: this.#latest };
    return takeSnapshot(this.#tables, this.#names, clocks);
  }

  /** @throws {Fault} `tracing/snapshot-malformed` */
  static restore(bytes: Uint8Array, parts: BaselineParts): Baseline {
    const baseline = new Baseline(parts);
    const { now, latest } = restoreSnapshot(bytes, baseline.#tables, parts.names);
    baseline.#now = now;
    baseline.#latest = latest;
    return baseline;
  }

  #at(hop: Hop): Moment {
    const most = this.#now === 0 ? hop.at : this.#now + AHEAD_MS;
    this.#when.set(Math.min(hop.at, most));
    return this.#when;
  }

  #latestMoment(): Moment {
    this.#when.set(Math.max(this.#now, this.#latest));
    return this.#when;
  }

  /** Does what a verdict asks for to each pair that it is about. */
  #judge(edge: JudgedEdge, verdict: 'accept' | 'refuse', judge: Judge): void {
    const { edges, endpointEdges, accounts, principalPlaces } = this.#tables;
    const { caller, callee, endpoint = 0, principal = 0, address = 0 } = edge;
    if (endpoint === 0 || verdict === 'accept') judge(edges, caller, callee);
    if (endpoint !== 0) judge(endpointEdges, caller, endpoint);
    if (principal !== 0) judge(accounts, principal, caller);
    if (principal !== 0 && address !== 0) judge(principalPlaces, principal, address);
  }
}

type Judge = (relation: Relation, a: number, b: number) => void;
