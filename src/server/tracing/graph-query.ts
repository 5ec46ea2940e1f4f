import { groupBy } from '../../base/group-by.ts';
import type { GraphEdge, GraphService } from '../../tracing/index.ts';

/** What of the call graph is wanted: all that is given must hold. */
export interface GraphQuery {
  /** Only what lies within `depth` edges of this one, whichever way they lead. */
  readonly service?: string | undefined;
  readonly depth: number;
  /** Of one end at least. */
  readonly namespace?: string | undefined;
  /** Seen at this time or later; RFC 3339 in UTC. */
  readonly since?: string | undefined;
  readonly evidence?: GraphEdge['evidence'] | undefined;
  /** Edges at most; those with most requests. */
  readonly limit: number;
}

export type BriefEdge = Omit<GraphEdge, 'endpoints'>;

export interface Graph {
  /** Those that edges lead from or to; without a filter also those that nobody was seen to call. */
  readonly services: readonly GraphService[];
  readonly edges: readonly BriefEdge[];
  /** Of all that match, whatever the limit. */
  readonly edgeCount: number;
}

/** The part of a call graph that is wanted.
 *  @param edges those with most requests first */
export function selectGraph(
  services: readonly GraphService[],
  edges: readonly GraphEdge[],
  query: GraphQuery,
): Graph {
  const matching = edges.filter((edge) => isWanted(edge, query));
  const near =
    query.service === undefined ? matching : around(query.service, matching, query.depth);
  const shown = near.slice(0, query.limit);
  const ends = new Set(shown.flatMap(({ from, to }) => [from, to]));
  if (query.service !== undefined) ends.add(query.service);
  const isWhole = isUnfiltered(query) && shown.length === near.length;
  return {
    services: isWhole ? services : services.filter(({ id }) => ends.has(id)),
    edges: shown.map(({ endpoints: _, ...edge }) => edge),
    edgeCount: near.length,
  };
}

function isUnfiltered({ service, namespace, since, evidence }: GraphQuery): boolean {
  return [service, namespace, since, evidence].every((one) => one === undefined);
}

function isWanted(edge: GraphEdge, { namespace, since, evidence }: GraphQuery): boolean {
  return (
    (namespace === undefined || [edge.from, edge.to].some((id) => namespaceOf(id) === namespace)) &&
    (since === undefined || edge.lastSeen >= since) &&
    (evidence === undefined || edge.evidence === evidence)
  );
}

const namespaceOf = (service: string): string | undefined => service.split('/').at(-2);

function around(service: string, edges: readonly GraphEdge[], depth: number): GraphEdge[] {
  const from = groupBy(edges, (edge) => edge.from);
  const to = groupBy(edges, (edge) => edge.to);
  const reached = new Set([service]);
  const found = new Set<GraphEdge>();
  let front: readonly string[] = [service];
  for (let step = 0; step < depth && front.length > 0; step++) {
    const next: string[] = [];
    for (const one of front) {
      for (const edge of [...(from.get(one) ?? []), ...(to.get(one) ?? [])]) {
        found.add(edge);
        const other = edge.from === one ? edge.to : edge.from;
        // everything meets outside, which brings nothing nearer
        if (other === '*' || reached.has(other)) continue;
        reached.add(other);
        next.push(other);
      }
    }
    front = next;
  }
  return edges.filter((edge) => found.has(edge));
}
