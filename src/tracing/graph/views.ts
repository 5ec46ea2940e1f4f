import type { z } from 'zod';
import { toHex } from '../../estate/spans/index.ts';
import { RANK, type Rank } from '../hop.ts';
import type { EdgeEndpoint, GraphEdge, GraphService } from '../model.ts';
import { EDGE, type EdgeRows, TRACE_WORDS, TRACES } from './edge-rows.ts';
import { latencyQuantile } from './latency.ts';
import type { GraphParts } from './parts.ts';

type Endpoint = z.infer<typeof EdgeEndpoint>;

export interface EdgeQuery {
  /** Ids of services; `*`: from outside. */
  readonly from?: string;
  readonly to?: string;
  /** Of both ends together: edges from or to it. */
  readonly service?: string;
  /** All where it is not given. */
  readonly limit?: number;
  /** Edges that are passed over first. */
  readonly offset?: number;
  /** Without their endpoints: quick for large graphs. */
  readonly isBrief?: boolean;
}

/** How well the behaviour of a service is known, by its number. */
export type MaturityOf = (service: number) => Pick<GraphService, 'maturity' | 'maturityBecause'>;

/** By their places in columns. */
export const SERVICE_KINDS: readonly GraphService['kind'][] = ['service', 'virtual', 'external'];

const OUTSIDE = '*';
const NOT_JUDGED = { maturity: 0, maturityBecause: 'not judged' };

/** The call graph as people and programs read it. */
export class GraphViews {
  readonly parts: GraphParts;

  constructor(parts: GraphParts) {
    this.parts = parts;
  }

  edges(query: EdgeQuery): GraphEdge[] {
    const { offset = 0, limit = Infinity } = query;
    const rows = this.#matching(query).slice(offset, offset + limit);
    const endpoints = query.isBrief ? undefined : this.#endpointsOf(rows);
    return rows.map((row) => ({ ...this.brief(row), endpoints: endpoints?.get(row) ?? [] }));
  }

  services(maturityOf: MaturityOf = () => NOT_JUDGED): GraphService[] {
    const { services } = this.parts;
    const views: GraphService[] = [];
    for (let service = 1; service < services.end; service++) {
      if (services.has(service)) views.push(this.service(service, maturityOf));
    }
    return views;
  }

  /** @param service its number */
  service(service: number, maturityOf: MaturityOf): GraphService {
    const { names, services } = this.parts;
    return {
      id: names.services.text(service),
      kind: kindOf(this.parts, service),
      requests: services.requests(service),
      firstSeen: toTime(services.firstSeen(service)),
      lastSeen: toTime(services.lastSeen(service)),
      ...maturityOf(service),
    };
  }

  /** An edge without its endpoints. */
  brief(row: number): Omit<GraphEdge, 'endpoints'> {
    const { edges, names } = this.parts;
    const from = edges.word(row, EDGE.from);
    return {
      from: from === 0 ? OUTSIDE : names.services.text(from),
      to: names.services.text(edges.word(row, EDGE.to)),
      ...countsOf(edges, row),
      evidence: rankOf(edges.word(row, EDGE.rank)),
      authenticated: edges.number(row, EDGE.authenticated),
      traceIds: traceIdsOf(edges, row),
    };
  }

  /** Rows of edges that are asked for, those with most requests first. */
  #matching({ from, to, service }: EdgeQuery): number[] {
    const { edges } = this.parts;
    const fromNumber = this.#numberOf(from);
    const toNumber = this.#numberOf(to);
    if (fromNumber === -1 || toNumber === -1) return [];
    if (fromNumber !== undefined && toNumber !== undefined) {
      const row = edges.find(fromNumber, toNumber);
      return row === 0 ? [] : [row];
    }
    const either = this.#numberOf(service);
    const rows: number[] = [];
    for (let row = 1; row <= edges.size; row++) {
      const rowFrom = edges.word(row, EDGE.from);
      const rowTo = edges.word(row, EDGE.to);
      if (fromNumber !== undefined && rowFrom !== fromNumber) continue;
      if (toNumber !== undefined && rowTo !== toNumber) continue;
      if (either !== undefined && rowFrom !== either && rowTo !== either) continue;
      rows.push(row);
    }
    return rows.sort(
      (a, b) => edges.number(b, EDGE.requests) - edges.number(a, EDGE.requests) || a - b,
    );
  }

  /** Undefined where it is not asked for, -1 where nobody is called so. */
  #numberOf(id: string | undefined): number | undefined {
    if (id === undefined) return undefined;
    return id === OUTSIDE ? 0 : this.parts.names.services.find(id) || -1;
  }

  /** Endpoints by the row of their edge, those with most requests first. */
  #endpointsOf(rows: readonly number[]): Map<number, Endpoint[]> {
    const { edges, endpointEdges, names } = this.parts;
    const found = new Map<number, number[]>(rows.map((row) => [row, []]));
    const callers = new Set(rows.map((row) => edges.word(row, EDGE.from)));
    for (let row = 1; row <= endpointEdges.size; row++) {
      const from = endpointEdges.word(row, EDGE.from);
      if (!callers.has(from)) continue;
      const endpoint = names.endpointOf(endpointEdges.word(row, EDGE.to));
      if (endpoint) found.get(edges.find(from, endpoint.service))?.push(row);
    }
    const requests = (row: number): number => endpointEdges.number(row, EDGE.requests);
    const views = new Map<number, Endpoint[]>();
    for (const [edge, list] of found) {
      list.sort((a, b) => requests(b) - requests(a) || a - b);
      views.set(
        edge,
        list.flatMap((row) => this.#toEndpoint(row)),
      );
    }
    return views;
  }

  #toEndpoint(row: number): Endpoint[] {
    const { endpointEdges, names } = this.parts;
    const endpoint = names.endpointOf(endpointEdges.word(row, EDGE.to));
    if (!endpoint) return [];
    const { protocol, method, template } = endpoint;
    return [{ protocol, method, template, ...countsOf(endpointEdges, row) }];
  }
}

/** @param service its number */
export function kindOf({ names, services }: GraphParts, service: number): GraphService['kind'] {
  if (names.services.text(service).startsWith('external/')) return 'external';
  return services.tells(service) ? 'service' : 'virtual';
}

function countsOf(edges: EdgeRows, row: number) {
  const at = edges.at(row) + EDGE.latency;
  return {
    requests: edges.number(row, EDGE.requests),
    failed: edges.number(row, EDGE.failed),
    denied: edges.number(row, EDGE.denied),
    p50Milliseconds: latencyQuantile(edges.words, at, 0.5),
    p99Milliseconds: latencyQuantile(edges.words, at, 0.99),
    firstSeen: toTime(edges.number(row, EDGE.firstSeen)),
    lastSeen: toTime(edges.number(row, EDGE.lastSeen)),
  };
}

/** The latest first. */
function traceIdsOf(edges: EdgeRows, row: number): string[] {
  const count = edges.word(row, EDGE.traceCount);
  const ids: string[] = [];
  for (let back = 1; back <= Math.min(count, TRACES); back++) {
    const at = edges.at(row) + EDGE.traces + ((count - back) & (TRACES - 1)) * TRACE_WORDS;
    const id = toHex(edges.words, at, TRACE_WORDS);
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

function rankOf(rank: number): Rank {
  if (rank === RANK.authenticated) return 'authenticated';
  return rank === RANK.asserted ? 'asserted' : 'none';
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
