import { EDGE, type EdgeRows } from './edge-rows.ts';
import type { GraphParts } from './parts.ts';
import { type GraphQuery, selectGraph } from './selection.ts';
import { type GraphViews, kindOf, type MaturityOf, SERVICE_KINDS } from './views.ts';

/** Items that are written at a time: about a millisecond's work. */
const PIECE = 200;

/** A part of the graph as JSON, in pieces that are quickly made: `services`, `edges` without their endpoints, and
 *  `edgeCount`. Requests may be counted between two pieces. */
export function* graphJson(
  views: GraphViews,
  query: GraphQuery,
  maturityOf: MaturityOf,
): Generator<string> {
  const { edges } = views.parts;
  const { rows, edgeCount, services } = selectGraph(views.parts, query);
  const [from, to] = [EDGE.from, EDGE.to].map((field) => rows.map((row) => edges.word(row, field)));
  /** Undefined where its row was given to another edge meanwhile. */
  const briefAt = (place: number) => {
    const row = rows[place] ?? 0;
    const isStill =
      edges.word(row, EDGE.from) === from?.[place] && edges.word(row, EDGE.to) === to?.[place];
    return isStill ? views.brief(row) : undefined;
  };
  yield '{"services":[';
  yield* listed(services, (service) => views.service(service, maturityOf));
  yield '],"edges":[';
  yield* listed([...rows.keys()], briefAt);
  yield `],"edgeCount":${edgeCount}}`;
}

/** The same as columns of short values, for who wants all of a large graph: the shape is that of `GraphColumns`.
 *  @param maturityOf 0 to 1, by the number of a service */
export function* columnsJson(
  parts: GraphParts,
  query: GraphQuery,
  maturityOf: (service: number) => number,
): Generator<string> {
  const { rows, edgeCount, services: numbers } = selectGraph(parts, query);
  const { names, services, edges } = parts;
  const places = new Int32Array(services.end).fill(-1);
  numbers.forEach((number, place) => {
    places[number] = place;
  });
  const ofEdges = edgeColumns(edges, rows, places);
  yield '{"services":';
  const ofServices = {
    id: numbers.map((number) => names.services.text(number)),
    kind: numbers.map((number) => SERVICE_KINDS.indexOf(kindOf(parts, number))),
    requests: numbers.map((number) => services.requests(number)),
    maturity: numbers.map((number) => Math.round(maturityOf(number) * 100) / 100),
    firstSeen: numbers.map((number) => toSeconds(services.firstSeen(number))),
    lastSeen: numbers.map((number) => toSeconds(services.lastSeen(number))),
  };
  yield* columns(ofServices);
  yield ',"edges":';
  yield* columns(ofEdges);
  yield `,"edgeCount":${edgeCount}}`;
}

const COUNTED = ['requests', 'failed', 'denied', 'authenticated'] as const;
const SEEN = ['firstSeen', 'lastSeen'] as const;
const COLUMNS = ['from', 'to', ...COUNTED, 'evidence', ...SEEN] as const;

/** Row by row, for what belongs together lies together. All of it at once: a row may be given to another later. */
function edgeColumns(
  edges: EdgeRows,
  rows: Uint32Array,
  places: Int32Array,
): Readonly<Record<(typeof COLUMNS)[number], readonly number[]>> {
  const values = Object.fromEntries(COLUMNS.map((name) => [name, []])) as unknown as Record<
    (typeof COLUMNS)[number],
    number[]
  >;
  for (const row of rows) {
    values.from.push(places[edges.word(row, EDGE.from)] ?? -1);
    values.to.push(places[edges.word(row, EDGE.to)] ?? -1);
    for (const field of COUNTED) values[field].push(edges.number(row, EDGE[field]));
    values.evidence.push(edges.word(row, EDGE.rank));
    for (const field of SEEN) values[field].push(toSeconds(edges.number(row, EDGE[field])));
  }
  return values;
}

/** Members of a list, of those that are there. */
function* listed<Item>(
  items: readonly Item[],
  toValue: (item: Item) => unknown,
): Generator<string> {
  let separator = '';
  for (let from = 0; from < items.length; from += PIECE) {
    const values = items.slice(from, from + PIECE).flatMap((item) => toValue(item) ?? []);
    if (values.length === 0) continue;
    yield separator + JSON.stringify(values).slice(1, -1);
    separator = ',';
  }
}

function* columns(values: Readonly<Record<string, readonly unknown[]>>): Generator<string> {
  let separator = '{';
  for (const [name, column] of Object.entries(values)) {
    yield `${separator}"${name}":${JSON.stringify(column)}`;
    separator = ',';
  }
  yield '}';
}

const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1_000);
