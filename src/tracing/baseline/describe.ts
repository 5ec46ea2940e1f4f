import type { TracingNames } from '../names.ts';
import { daysLived, daysSeen, LIFE, recentDays } from './life.ts';
import { maturityBecause, maturityOf } from './maturity.ts';
import type { HabitState, ServiceBaseline } from './model.ts';
import type { Moment } from './moment.ts';
import { RELATION, type Relation } from './relation.ts';
import { SERVICE } from './services.ts';
import { ENDPOINT, type Tables } from './tables.ts';
import { COUNTED, type Tally } from './tally.ts';
import { WINDOW } from './windows.ts';

/** Puts what is usual for a service into words and numbers. Lists have no more than `most` members. */
export function describeService(
  { tables, names, when, most }: DescribeParts,
  service: number,
): ServiceBaseline {
  const { services, edges, accounts, servicePlaces, versions } = tables;
  const { rows, windows, asCaller, asCallee, rhythm } = services;
  const nameOf = (number: number) => (number === 0 ? '*' : names.services.text(number));
  const first = rows.word(service, LIFE.first);
  const last = rows.word(service, LIFE.last);
  const list = <T>(relation: Relation, side: 'a' | 'b', make: (row: number) => T) =>
    rowsOf(relation, side, service, most).map(make);
  const neighbour = (other: 'a' | 'b') => (row: number) => ({
    service: nameOf(edges.table[other](row)),
    ...seenOf(edges, row, when),
    isAuthenticated: edges.isKnown(row, when, true),
    shares: sharesOf(tables.edgeTally, row),
  });
  const named = (relation: Relation, name: (row: number) => string) => (row: number) => ({
    name: name(row),
    ...seenOf(relation, row, when),
  });
  return {
    service: nameOf(service),
    maturity: maturityOf(tables, service, when),
    maturityBecause: maturityBecause(tables, service, when),
    firstSeen: first === 0 ? null : timeOf(first),
    lastSeen: last === 0 ? null : timeOf(last),
    days: daysLived(rows, service, when),
    isDormant: last > 0 && when.since(last) > tables.settings.dormantDays * DAY_MS,
    callers: list(edges, 'b', neighbour('a')),
    callees: list(edges, 'a', neighbour('b')),
    operations: operationsOf({ tables, names, when, most }, service),
    hours: Array.from({ length: 24 }, (_, hour) => rhythm.days(service, hour)),
    fanOut: {
      services: windows.usual(service, WINDOW.callees),
      operations: windows.usual(service, WINDOW.endpoints),
    },
    asCaller: sharesOf(asCaller, service),
    asCallee: sharesOf(asCallee, service),
    entries: asCallee.share(service, COUNTED.entries),
    accounts: list(
      accounts,
      'b',
      named(accounts, (row) => names.principals.text(accounts.table.a(row))),
    ),
    addresses: list(
      servicePlaces,
      'a',
      named(servicePlaces, (row) => names.addresses.text(servicePlaces.table.b(row))),
    ),
    versions: list(
      versions,
      'a',
      named(versions, (row) => names.versions.text(versions.table.b(row))),
    ),
    deployedAt: timeOrNull(rows.word(service, SERVICE.deployed)),
    changes: {
      explained: rows.word(service, SERVICE.explained),
      unexplainedDays: recentDays(rows, service, SERVICE.newEdgeDay, SERVICE.newEdgeDays, when),
    },
  };
}

export interface DescribeParts {
  readonly tables: Tables;
  readonly names: TracingNames;
  readonly when: Moment;
  readonly most: number;
}

const DAY_MS = 86_400_000;

/** Rows that have a service on one side, the latest seen first. */
function rowsOf(relation: Relation, side: 'a' | 'b', service: number, most: number): number[] {
  const { table } = relation;
  const found: number[] = [];
  for (let row = 1; row <= table.top; row++) {
    if (table[side](row) === service && table.b(row) !== 0) found.push(row);
  }
  const lastOf = (row: number) => table.rows.word(row, RELATION.last);
  return found.sort((a, b) => lastOf(b) - lastOf(a)).slice(0, most);
}

function seenOf(relation: Relation, row: number, when: Moment) {
  const { rows } = relation.table;
  return {
    state: stateOf(relation, row, when),
    days: relation.days(row, when, false),
    firstSeen: timeOf(rows.word(row, RELATION.first)),
    lastSeen: timeOf(rows.word(row, RELATION.last)),
  };
}

function stateOf(relation: Relation, row: number, when: Moment): HabitState {
  if (relation.isMalicious(row)) return 'malicious';
  if (relation.isAccepted(row)) return 'accepted';
  if (relation.isQuarantined(row, when, false)) return 'quarantined';
  return relation.isUsual(row, when, false) ? 'usual' : 'known';
}

function operationsOf({ tables, names, when, most }: DescribeParts, service: number) {
  const { endpoints } = tables;
  const found: number[] = [];
  for (let number = 1; number < endpoints.capacity; number++) {
    if (names.endpointOf(number)?.service !== service) continue;
    if (endpoints.word(number, LIFE.first) !== 0) found.push(number);
  }
  const lastOf = (number: number) => endpoints.word(number, LIFE.last);
  return found
    .sort((a, b) => lastOf(b) - lastOf(a))
    .slice(0, most)
    .flatMap((number) => operationOf(tables, names, number, when));
}

function operationOf({ endpoints }: Tables, names: TracingNames, number: number, when: Moment) {
  const endpoint = names.endpointOf(number);
  if (endpoint === undefined) return [];
  const { protocol, method, template } = endpoint;
  return [
    {
      ...{ protocol, method, template },
      callers: endpoints.word(number, ENDPOINT.callers),
      days: daysSeen(endpoints, number, when),
      lastSeen: timeOf(endpoints.word(number, LIFE.last)),
    },
  ];
}

const sharesOf = (tally: Tally, row: number) => ({
  failed: tally.share(row, COUNTED.failed),
  denied: tally.share(row, COUNTED.denied),
  withContext: tally.share(row, COUNTED.context),
});

const timeOf = (second: number): string => new Date(second * 1_000).toISOString();
const timeOrNull = (second: number): string | null => (second === 0 ? null : timeOf(second));
