import { Addresses } from './addresses.ts';
import { Decay } from './decay.ts';
import { LIFE_WORDS, settle, wasSeen } from './life.ts';
import type { Moment } from './moment.ts';
import { Novelty } from './novelty.ts';
import { RecentHops } from './recent-hops.ts';
import { RELATION_WORDS, Relation } from './relation.ts';
import { Rows } from './rows.ts';
import { SERVICE, Services } from './services.ts';
import type { BaselineSettings } from './settings.ts';
import { STAMP_WORDS } from './stamp.ts';
import { TALLY_WORDS, Tally } from './tally.ts';

/** Words of the row of an edge after those of a relation. */
export const EDGE = { window: RELATION_WORDS, tally: RELATION_WORDS + 1 } as const;
const EDGE_WORDS = EDGE.tally + TALLY_WORDS;

export const ENDPOINT = { callers: LIFE_WORDS, predecessors: 5, routes: 6, stamp: 7 } as const;
const ENDPOINT_WORDS = ENDPOINT.stamp + STAMP_WORDS;

export const PRINCIPAL = { services: LIFE_WORDS, addresses: 5, stamp: 6 } as const;
const PRINCIPAL_NOVELTY = PRINCIPAL.stamp + STAMP_WORDS;
/** Fields that are floats: from the first to before the last. */
export const PRINCIPAL_FLOATS = [[PRINCIPAL_NOVELTY + 1, PRINCIPAL_NOVELTY + 3]] as const;
const PRINCIPAL_WORDS = PRINCIPAL_NOVELTY + 3;

/** All that is kept. Rows of services, endpoints, accounts and addresses lie under their numbers. */
export class Tables {
  readonly settings: BaselineSettings;
  readonly decay: Decay;
  readonly services: Services;
  readonly endpoints = new Rows(ENDPOINT_WORDS);
  readonly principals = new Rows(PRINCIPAL_WORDS);
  readonly principalNovelty: Novelty;
  readonly addresses = new Addresses();
  /** Caller and callee; caller and endpoint. */
  readonly edges: Relation;
  readonly endpointEdges: Relation;
  readonly edgeTally: Tally;
  readonly endpointEdgeTally: Tally;
  /** Endpoint, and endpoint that it leads to; entry service and endpoint. */
  readonly orders: Relation;
  readonly routes: Relation;
  /** Account and service. */
  readonly accounts: Relation;
  /** Service, or account, and address. */
  readonly servicePlaces: Relation;
  readonly principalPlaces: Relation;
  /** Services at one address. */
  readonly neighbours: Relation;
  /** Service and version. */
  readonly versions: Relation;
  readonly recent: RecentHops;

  constructor(settings: BaselineSettings) {
    this.settings = settings;
    const { limits, requestsAnHour } = settings;
    this.decay = new Decay(settings.halfLifeDays);
    this.services = new Services(this.decay, requestsAnHour);
    this.principalNovelty = new Novelty(this.principals, PRINCIPAL_NOVELTY, 1, this.decay);
    this.edges = this.#relation(limits.maxEdges, EDGE_WORDS, (row) => this.#loseEdge(row));
    this.endpointEdges = this.#relation(limits.maxEndpointEdges, EDGE_WORDS, (row) => {
      lose(this.endpoints, this.endpointEdges.table.b(row), ENDPOINT.callers);
    });
    this.edgeTally = this.#tallyOf(this.edges);
    this.endpointEdgeTally = this.#tallyOf(this.endpointEdges);
    this.orders = this.#relation(limits.maxOrders, RELATION_WORDS, (row) => {
      lose(this.endpoints, this.orders.table.b(row), ENDPOINT.predecessors);
    });
    this.routes = this.#relation(limits.maxRoutes, RELATION_WORDS, (row) => {
      lose(this.endpoints, this.routes.table.b(row), ENDPOINT.routes);
    });
    this.accounts = this.#relation(limits.maxAccounts, RELATION_WORDS, (row) => {
      lose(this.principals, this.accounts.table.a(row), PRINCIPAL.services);
      lose(this.services.rows, this.accounts.table.b(row), SERVICE.principals);
    });
    this.servicePlaces = this.#relation(limits.maxPlaces, RELATION_WORDS, (row) => {
      lose(this.services.rows, this.servicePlaces.table.a(row), SERVICE.addresses);
    });
    this.principalPlaces = this.#relation(limits.maxPlaces, RELATION_WORDS, (row) => {
      lose(this.principals, this.principalPlaces.table.a(row), PRINCIPAL.addresses);
    });
    this.neighbours = this.#relation(limits.maxAccounts, RELATION_WORDS, () => {});
    this.versions = this.#relation(limits.maxVersions, RELATION_WORDS, () => {});
    this.recent = new RecentHops(limits.maxRecentHops);
  }

  /** Under the names that a snapshot and counts have for them. */
  get relations() {
    const { edges, endpointEdges, orders, routes, accounts } = this;
    const { servicePlaces, principalPlaces, neighbours, versions } = this;
    return {
      edges,
      endpointEdges,
      orders,
      routes,
      accounts,
      servicePlaces,
      principalPlaces,
      neighbours,
      versions,
    };
  }

  /** All that was seen is as it should be, and known. */
  acceptAll(when: Moment): void {
    this.services.acceptAll();
    for (const relation of Object.values(this.relations)) relation.acceptAll(when);
    const { rows, novelty } = this.services;
    this.#settle(rows, novelty);
    this.#settle(this.principals, this.principalNovelty);
  }

  #settle(rows: Rows, novelty: Novelty): void {
    for (let row = 0; row < rows.capacity; row++) {
      if (!wasSeen(rows, row)) continue;
      settle(rows, row, this.settings.matureDays);
      novelty.settle(row);
    }
  }

  #relation(most: number, words: number, onLoss: (row: number) => void): Relation {
    const { usualDays, quarantineDays } = this.settings;
    return new Relation({ most, words, decay: this.decay, usualDays, quarantineDays, onLoss });
  }

  #tallyOf(relation: Relation): Tally {
    return new Tally(relation.table.rows, EDGE.tally, this.decay, this.settings.requestsAnHour);
  }

  #loseEdge(row: number): void {
    const { table } = this.edges;
    lose(this.services.rows, table.a(row), SERVICE.callees);
    if (table.a(row) !== 0) lose(this.services.rows, table.b(row), SERVICE.callers);
  }
}

function lose(rows: Rows, row: number, field: number): void {
  const before = rows.word(row, field);
  if (before > 0) rows.setWord(row, field, before - 1);
}
