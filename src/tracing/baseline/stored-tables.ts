import { ADDRESS } from './addresses.ts';
import { RELATION, type Relation } from './relation.ts';
import { RHYTHM_FLOATS } from './rhythm.ts';
import type { Rows } from './rows.ts';
import { SERVICE, SERVICE_FLOATS } from './services.ts';
import { STAMP_WORDS } from './stamp.ts';
import type { NameKind } from './stored-names.ts';
import { EDGE, ENDPOINT, PRINCIPAL, PRINCIPAL_FLOATS, type Tables } from './tables.ts';
import { TALLY_WORDS } from './tally.ts';

interface Reference {
  readonly field: number;
  readonly of: NameKind;
}

/** A table whose rows are found by two numbers, which are its first fields. */
export interface PairPlan {
  readonly kind: 'pairs';
  readonly name: TableName;
  readonly references: readonly [Reference, Reference];
  readonly relation: (tables: Tables) => Relation;
  readonly rows: (tables: Tables) => Rows;
  readonly top: (tables: Tables) => number;
}

/** A table whose rows lie under numbers. */
export interface RowPlan {
  readonly kind: 'rows';
  readonly name: TableName;
  readonly of: NameKind;
  readonly references: readonly Reference[];
  readonly rows: (tables: Tables) => Rows;
  readonly top: (tables: Tables) => number;
}

/** Fields that are floats: from the first to before the last. */
const FLOATS = {
  edges: [
    [RELATION.weight, RELATION.provedWeight + 1],
    [EDGE.tally + 1, EDGE.tally + TALLY_WORDS],
  ],
  endpointEdges: [
    [RELATION.weight, RELATION.provedWeight + 1],
    [EDGE.tally + 1, EDGE.tally + TALLY_WORDS],
  ],
  orders: [[RELATION.weight, RELATION.provedWeight + 1]],
  routes: [[RELATION.weight, RELATION.provedWeight + 1]],
  accounts: [[RELATION.weight, RELATION.provedWeight + 1]],
  servicePlaces: [[RELATION.weight, RELATION.provedWeight + 1]],
  principalPlaces: [[RELATION.weight, RELATION.provedWeight + 1]],
  neighbours: [[RELATION.weight, RELATION.provedWeight + 1]],
  versions: [[RELATION.weight, RELATION.provedWeight + 1]],
  services: SERVICE_FLOATS,
  rhythm: RHYTHM_FLOATS,
  endpoints: [],
  principals: PRINCIPAL_FLOATS,
  addresses: [],
} as const;

/** Fields of what is only of the moment: stamps, by their first fields. */
const STAMPS: Partial<Record<TableName, readonly number[]>> = {
  services: [SERVICE.callerStamp, SERVICE.calleeStamp],
  endpoints: [ENDPOINT.stamp],
  principals: [PRINCIPAL.stamp],
};

export type TableName = keyof typeof FLOATS;

/** Fields that are looked at when a row is read. */
export interface FieldCare {
  readonly floats: readonly number[];
  readonly stamps: readonly number[];
}

export function careOf(name: TableName, stride: number): FieldCare {
  const fields = Array.from({ length: stride }, (_, field) => field);
  const stamps = STAMPS[name] ?? [];
  return {
    floats: fields.filter((field) =>
      FLOATS[name].some(([from, to]) => field >= from && field < to),
    ),
    stamps: fields.filter((field) =>
      stamps.some((stamp) => field >= stamp && field < stamp + STAMP_WORDS),
    ),
  };
}

type PairName = keyof Tables['relations'];

const pairs = (name: PairName, a: NameKind, b: NameKind): PairPlan => ({
  ...{ kind: 'pairs', name },
  references: [
    { field: RELATION.a, of: a },
    { field: RELATION.b, of: b },
  ],
  relation: (tables) => tables.relations[name],
  rows: (tables) => tables.relations[name].table.rows,
  top: (tables) => tables.relations[name].table.top,
});

const rows = (
  name: TableName,
  of: NameKind,
  find: (tables: Tables) => Rows,
  references: readonly Reference[] = [],
): RowPlan => ({
  ...{ kind: 'rows', name, of, references, rows: find },
  top: (tables) => find(tables).capacity - 1,
});

/** Every table that is kept, and what its numbers are of. */
export const PLANS: readonly (PairPlan | RowPlan)[] = [
  rows('services', 'services', ({ services }) => services.rows, [
    { field: SERVICE.version, of: 'versions' },
  ]),
  rows('rhythm', 'services', ({ services }) => services.rhythm.rows),
  rows('endpoints', 'endpoints', ({ endpoints }) => endpoints),
  rows('principals', 'principals', ({ principals }) => principals),
  rows('addresses', 'addresses', ({ addresses }) => addresses.rows, [
    { field: ADDRESS.owner, of: 'services' },
  ]),
  pairs('edges', 'services', 'services'),
  pairs('endpointEdges', 'services', 'endpoints'),
  pairs('orders', 'endpoints', 'endpoints'),
  pairs('routes', 'services', 'endpoints'),
  pairs('accounts', 'principals', 'services'),
  pairs('servicePlaces', 'services', 'addresses'),
  pairs('principalPlaces', 'principals', 'addresses'),
  pairs('neighbours', 'services', 'services'),
  pairs('versions', 'services', 'versions'),
];
