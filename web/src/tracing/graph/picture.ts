import { counted, grouped } from '../../names.ts';
import { type Edge, type Graph, type GraphService, OUTSIDE } from '../model.ts';
import { EVIDENCE, fullWords, partyWords } from '../words.ts';

/** What of a call graph is drawn, and how; a picture of more than a few hundred services shows nothing. */
export const MAX_NODES = 300;
/** Asked for; those with most requests. */
export const MAX_EDGES = 1_000;

/** Whether more matches than was asked for. */
export const isPart = ({ edges, edgeCount }: Graph): boolean => edgeCount > edges.length;

export interface ShownNode {
  readonly id: string;
  readonly kind: GraphService['kind'] | 'outside';
  readonly name: string;
  /** Its namespace, or what it is. */
  readonly under: string;
  readonly title: string;
}

export interface ShownEdge {
  readonly edge: Edge;
  readonly isNew: boolean;
  /** 1 to 4, by how much is asked. */
  readonly weight: number;
  /** What is to be seen at once, and in one word how bad it is; empty: nothing. */
  readonly mark: string;
  readonly title: string;
}

export interface Shown {
  readonly nodes: readonly ShownNode[];
  readonly edges: readonly ShownEdge[];
  /** Services that there was no room for. */
  readonly leftOut: number;
}

const DAY_MS = 86_400_000;
const SETTLED_MS = 600_000;

/** The nodes and edges that are drawn: the services with most requests, and who is looked at. */
export function shownOf(graph: Graph, now: number, wanted: readonly string[] = []): Shown {
  const byId = new Map(graph.services.map((service) => [service.id, service]));
  const ranked = rankedIds(graph, byId, new Set(wanted));
  const ids = ranked.slice(0, MAX_NODES);
  const shown = new Set(ids);
  const edges = graph.edges.filter(({ from, to }) => shown.has(from) && shown.has(to));
  return {
    nodes: ids.map((id) => toNode(id, byId.get(id))),
    edges: edges.map((edge) => toEdge(edge, byId, now)),
    leftOut: ranked.length - ids.length,
  };
}

function rankedIds(
  { services, edges }: Graph,
  byId: ReadonlyMap<string, GraphService>,
  wanted: ReadonlySet<string>,
): string[] {
  const ids = new Set([
    ...services.map(({ id }) => id),
    ...edges.flatMap(({ from, to }) => [from, to]),
  ]);
  const worth = (id: string): number =>
    id === OUTSIDE || wanted.has(id) ? Infinity : (byId.get(id)?.requests ?? 0);
  return [...ids].sort((a, b) => {
    const [left, right] = [worth(a), worth(b)];
    return left === right ? (a < b ? -1 : 1) : right - left;
  });
}

const KINDS: Readonly<Record<ShownNode['kind'], string>> = {
  service: '',
  virtual: 'tells nothing itself',
  external: 'outside of the estate',
  outside: 'whoever comes from outside',
};

function toNode(id: string, service: GraphService | undefined): ShownNode {
  if (id === OUTSIDE) {
    const title = KINDS.outside;
    return { id, kind: 'outside', name: partyWords(id), under: 'of the estate', title };
  }
  const kind = service?.kind ?? 'virtual';
  const name = partyWords(id);
  const full = fullWords(id);
  const under = full === name ? KINDS[kind] : full.slice(0, -name.length - 1);
  const said = [id, KINDS[kind], service && maturityWords(service)].filter(Boolean);
  return { id, kind, name, under, title: said.join('\n') };
}

export function maturityWords({
  maturity,
  maturityBecause,
}: Pick<GraphService, 'maturity' | 'maturityBecause'>): string {
  const how = maturity >= 0.8 ? 'Well' : maturity >= 0.4 ? 'Partly' : 'Hardly';
  return `${how} known (${Math.round(maturity * 100)} %): ${maturityBecause}`;
}

/** First seen within a day, by somebody who was there before: who is new himself does nothing but new things. */
export function isNewEdge(
  edge: Pick<Edge, 'from' | 'to' | 'firstSeen'>,
  services: ReadonlyMap<string, Pick<GraphService, 'firstSeen'>>,
  now: number,
): boolean {
  const known = services.get(edge.from === OUTSIDE ? edge.to : edge.from);
  return isNew(Date.parse(edge.firstSeen), Date.parse(known?.firstSeen ?? ''), now);
}

/** The same by times, milliseconds since 1970.
 *  @param first when the relationship was first seen
 *  @param known when its caller was, or who is called from outside; NaN where nobody knows */
export const isNew = (first: number, known: number, now: number): boolean =>
  now - first < DAY_MS && first - known > SETTLED_MS;

function toEdge(edge: Edge, services: ReadonlyMap<string, GraphService>, now: number): ShownEdge {
  const isFresh = isNewEdge(edge, services, now);
  const marks = [
    isFresh ? 'new' : '',
    edge.denied > 0 ? `${grouped(edge.denied)} denied` : '',
    edge.failed > 0 ? `${grouped(edge.failed)} failed` : '',
  ].filter(Boolean);
  return {
    edge,
    isNew: isFresh,
    weight: Math.min(4, 1 + Math.log10(Math.max(1, edge.requests)) / 2),
    mark: marks.join(', '),
    title: [
      `${fullWords(edge.from)} calls ${fullWords(edge.to)}`,
      `${counted(edge.requests, 'request')}${marks.length > 0 ? `: ${marks.join(', ')}` : ''}`,
      EVIDENCE[edge.evidence].meaning,
    ].join('\n'),
  };
}
