import { Hop, OUTCOME, RANK } from '../hop.ts';
import type { GraphEdge, GraphService } from '../model.ts';
import type { TracingNames } from '../names.ts';
import { finish, type Steps } from '../steps.ts';
import {
  EDGE,
  EdgeRows,
  ENDPOINT_EDGE_WORDS,
  SERVICE_EDGE_WORDS,
  TRACE_WORDS,
  TRACES,
} from './edge-rows.ts';
import { columnsJson, graphJson } from './json.ts';
import { addLatency, latencyBucket } from './latency.ts';
import type { GraphLimits } from './limits.ts';
import type { GraphParts } from './parts.ts';
import { Room } from './room.ts';
import type { GraphQuery } from './selection.ts';
import { ServiceRows } from './service-rows.ts';
import { restoreGraph, snapshotOf } from './snapshot.ts';
import { type EdgeQuery, GraphViews, type MaturityOf } from './views.ts';

/** What a hop was counted as; 0: it had no room. One object serves for all. */
export interface EdgeSeen {
  readonly edge: number;
  readonly endpointEdge: number;
  readonly isNewEdge: boolean;
  readonly isNewEndpointEdge: boolean;
}

export interface GraphCounts {
  readonly services: number;
  readonly edges: number;
  readonly endpointEdges: number;
  /** Requests that were counted for no edge, because there was no room for it. */
  readonly refused: number;
  /** Edges that made room for others. */
  readonly replaced: number;
}

const NO_HOP = new Hop();

/** Who calls whom, with numbers: edges of services, and of callers with endpoints. Bounded; what is rare or stale makes room
 *  for what is new, and what is established does not. */
export class CallGraph {
  readonly #limits: GraphLimits;
  readonly #names: TracingNames;
  readonly #edges = new EdgeRows(SERVICE_EDGE_WORDS);
  readonly #endpointEdges = new EdgeRows(ENDPOINT_EDGE_WORDS);
  readonly #services = new ServiceRows();
  readonly #edgeRoom: Room;
  readonly #endpointRoom: Room;
  readonly #views: GraphViews;
  readonly #seen = { edge: 0, endpointEdge: 0, isNewEdge: false, isNewEndpointEdge: false };
  #refusedServices = 0;

  constructor(names: TracingNames, limits: GraphLimits) {
    this.#names = names;
    this.#limits = limits;
    this.#edgeRoom = new Room(this.#edges, limits.maxEdges, limits);
    this.#endpointRoom = new Room(this.#endpointEdges, limits.maxEndpointEdges, limits);
    this.#views = new GraphViews(this.#parts);
  }

  get counts(): GraphCounts {
    let services = 0;
    for (let service = 1; service < this.#services.end; service++) {
      if (this.#services.has(service)) services++;
    }
    const { size: edges } = this.#edges;
    const { size: endpointEdges } = this.#endpointEdges;
    const refused = this.#refusedServices + this.#edgeRoom.refused + this.#endpointRoom.refused;
    const replaced = this.#edgeRoom.replaced + this.#endpointRoom.replaced;
    return { services, edges, endpointEdges, refused, replaced };
  }

  /** Hops that will be counted next: what they need is read for all of them at once. */
  bringNear(hops: readonly Hop[], count: number): void {
    for (let one = 0; one < count; one++) {
      const { caller, callee, endpoint } = hops[one] ?? NO_HOP;
      this.#edges.expect(caller, callee);
      this.#endpointEdges.expect(caller, endpoint);
    }
    this.#edges.bringNear();
    this.#endpointEdges.bringNear();
  }

  count(hop: Hop): EdgeSeen {
    const seen = this.#seen;
    seen.edge = 0;
    seen.endpointEdge = 0;
    seen.isNewEdge = false;
    seen.isNewEndpointEdge = false;
    const { caller, callee, endpoint } = hop;
    if (callee === 0 || Math.max(caller, callee) > this.#limits.maxServices) {
      this.#refusedServices++;
      return seen;
    }
    this.#services.count(callee, hop.count, hop.at, hop.at, !hop.isUnanswered);
    if (caller !== 0) this.#services.count(caller, 0, hop.at, hop.at, caller === hop.claimed);
    // flows and events tell no time
    const bucket = hop.durationMs > 0 ? latencyBucket(hop.durationMs) : -1;
    this.#countEdge(hop, bucket);
    if (endpoint !== 0 && seen.edge !== 0) this.#countEndpoint(hop, bucket);
    return seen;
  }

  /** What is asked for, those with most requests first. */
  edges(query: EdgeQuery = {}): GraphEdge[] {
    return this.#views.edges(query);
  }

  /** The edge from one service (`*`: from outside) to another, with its endpoints. */
  edge(from: string, to: string): GraphEdge | undefined {
    return this.#views.edges({ from, to })[0];
  }

  services(maturityOf?: MaturityOf): GraphService[] {
    return this.#views.services(maturityOf);
  }

  /** A part of the graph as JSON, in pieces that are quickly made. */
  json(query: GraphQuery, maturityOf: MaturityOf): Generator<string> {
    return graphJson(this.#views, query, maturityOf);
  }

  /** The same as columns: `GraphColumns`. */
  columnsJson(query: GraphQuery, maturityOf: (service: number) => number): Generator<string> {
    return columnsJson(this.#parts, query, maturityOf);
  }

  /** All that is counted, as bytes. */
  snapshot(): Buffer {
    return Buffer.concat(finish(this.snapshotSteps()));
  }

  /** The same in steps, between which hops may be counted. */
  snapshotSteps(): Steps<Uint8Array[]> {
    return snapshotOf(this.#parts);
  }

  /** Fills a graph that is empty with what another was. Numbers of names may be others than they were then.
   *  @throws {Fault} `tracing/snapshot-malformed` */
  restore(bytes: Uint8Array): void {
    restoreGraph(bytes, this.#parts, this.#limits);
  }

  get #parts(): GraphParts {
    return {
      names: this.#names,
      edges: this.#edges,
      endpointEdges: this.#endpointEdges,
      services: this.#services,
    };
  }

  #countEdge(hop: Hop, bucket: number): void {
    const seen = this.#seen;
    const edges = this.#edges;
    let row = edges.find(hop.caller, hop.callee);
    if (row === 0) {
      row = this.#edgeRoom.take(hop.caller, hop.callee, hop);
      seen.isNewEdge = row !== 0;
    }
    seen.edge = row;
    if (row === 0) return;
    tally(edges, row, hop, bucket);
    noteTrace(edges.words, edges.at(row), hop.trace);
  }

  #countEndpoint(hop: Hop, bucket: number): void {
    const seen = this.#seen;
    const edges = this.#endpointEdges;
    let row = edges.find(hop.caller, hop.endpoint);
    if (row === 0) {
      row = this.#endpointRoom.take(hop.caller, hop.endpoint, hop);
      seen.isNewEndpointEdge = row !== 0;
    }
    seen.endpointEdge = row;
    if (row !== 0) tally(edges, row, hop, bucket);
  }
}

/** @param bucket of its time; -1: it tells none */
function tally(edges: EdgeRows, row: number, hop: Hop, bucket: number): void {
  const { words, floats } = edges;
  const at = edges.at(row);
  const half = at / 2;
  const { count } = hop;
  floats[half + EDGE.requests / 2] = (floats[half + EDGE.requests / 2] ?? 0) + count;
  if (hop.outcome === OUTCOME.failed) {
    floats[half + EDGE.failed / 2] = (floats[half + EDGE.failed / 2] ?? 0) + count;
  } else if (hop.outcome === OUTCOME.denied) {
    floats[half + EDGE.denied / 2] = (floats[half + EDGE.denied / 2] ?? 0) + count;
  }
  if (hop.rank === RANK.authenticated) {
    floats[half + EDGE.authenticated / 2] = (floats[half + EDGE.authenticated / 2] ?? 0) + count;
  }
  const first = floats[half + EDGE.firstSeen / 2] ?? 0;
  if (first === 0 || hop.at < first) floats[half + EDGE.firstSeen / 2] = hop.at;
  if (hop.at > (floats[half + EDGE.lastSeen / 2] ?? 0)) floats[half + EDGE.lastSeen / 2] = hop.at;
  if (hop.rank > (words[at + EDGE.rank] ?? 0)) words[at + EDGE.rank] = hop.rank;
  if (bucket >= 0) addLatency(words, at + EDGE.latency, bucket, count);
}

/** Puts a trace's id into the ring of the latest, unless it is the latest. */
function noteTrace(words: Uint32Array, at: number, trace: Uint32Array): void {
  const a = trace[0] ?? 0;
  const b = trace[1] ?? 0;
  const c = trace[2] ?? 0;
  const d = trace[3] ?? 0;
  if ((a | b | c | d) === 0) return;
  const count = words[at + EDGE.traceCount] ?? 0;
  const latest = at + EDGE.traces + ((count - 1) & (TRACES - 1)) * TRACE_WORDS;
  if (count > 0 && words[latest] === a && words[latest + 1] === b && words[latest + 3] === d)
    return;
  const next = at + EDGE.traces + (count & (TRACES - 1)) * TRACE_WORDS;
  words[next] = a;
  words[next + 1] = b;
  words[next + 2] = c;
  words[next + 3] = d;
  // from 4 on only the place in the ring matters
  words[at + EDGE.traceCount] = count + 1 < 2 * TRACES ? count + 1 : TRACES;
}
