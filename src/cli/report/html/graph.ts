import { Graph, layout } from '@dagrejs/dagre';
import type { Authentication, Call, Service } from '../../../estate/index.ts';
import { html } from './markup.ts';

/** More services than this do not make a picture that anyone can read: the best connected are drawn. */
const MAX_NODES = 200;
const LETTER_WIDTH = 7.2;

interface Edge {
  readonly from: Service;
  readonly to: Service;
  readonly calls: readonly Call[];
  /** The weakest of its calls. */
  readonly authentication: Authentication;
}

/** The call graph as one SVG: who calls whom, and whether the caller is proved. */
export function drawGraph(services: readonly Service[], calls: readonly Call[]): string {
  const edges = toEdges(services, calls);
  const drawn = mostConnected(edges);
  if (drawn.size === 0) return '<p>No call between services was found.</p>';
  const shown = edges.filter(({ from, to }) => drawn.has(from) && drawn.has(to));
  const connected = new Set(edges.flatMap(({ from, to }) => [from, to])).size;
  const note =
    connected > drawn.size
      ? `<p>The ${drawn.size} best connected of ${connected} services with calls are drawn.</p>`
      : '';
  return note + toSvg([...drawn], shown);
}

const WEAKEST_FIRST: readonly Authentication[] = ['none', 'unknown', 'token', 'mtls'];

function toEdges(services: readonly Service[], calls: readonly Call[]): Edge[] {
  const byId = new Map(services.map((service) => [service.id, service]));
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = `${call.from}\n${call.to}`;
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  return [...groups.values()].flatMap((group) => {
    const from = byId.get(group[0]?.from ?? '');
    const to = byId.get(group[0]?.to ?? '');
    if (!from || !to) return [];
    const found = new Set(group.map(({ authentication }) => authentication));
    const authentication = WEAKEST_FIRST.find((one) => found.has(one)) ?? 'unknown';
    return [{ from, to, calls: group, authentication }];
  });
}

function mostConnected(edges: readonly Edge[]): Set<Service> {
  const degree = new Map<Service, number>();
  for (const service of edges.flatMap(({ from, to }) => [from, to])) {
    degree.set(service, (degree.get(service) ?? 0) + 1);
  }
  return new Set(
    [...degree]
      .sort(([a, x], [b, y]) => y - x || (a.id < b.id ? -1 : 1))
      .slice(0, MAX_NODES)
      .map(([service]) => service),
  );
}

function toSvg(services: readonly Service[], edges: readonly Edge[]): string {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 70, marginx: 10, marginy: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, name } of [...services].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    graph.setNode(id, { width: Math.max(60, name.length * LETTER_WIDTH + 24), height: 30 });
  }
  for (const { from, to } of edges) graph.setEdge(from.id, to.id, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return [
    html`<svg class="graph" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" height="${Math.ceil(height)}" role="img" aria-label="Call graph">`,
    '<defs>',
    ...WEAKEST_FIRST.map(
      (kind) =>
        `<marker id="end-${kind}" class="${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`,
    ),
    '</defs>',
    ...edges.map((edge) => drawEdge(edge, graph.edge(edge.from.id, edge.to.id).points ?? [])),
    ...services.map((service) => drawNode(service, graph.node(service.id))),
    '</svg>',
  ].join('\n');
}

function drawEdge(
  { from, to, calls, authentication }: Edge,
  points: { x: number; y: number }[],
): string {
  const path = curve(points);
  const operations = calls.map(({ operation }) => operation).join(', ');
  return html`<path class="edge ${authentication}" d="${path}" marker-end="url(#end-${authentication})" data-from="${from.id}" data-to="${to.id}"><title>${from.name} to ${to.name} (${operations}): ${calls[0]?.evidence ?? ''}</title></path>`;
}

/** A smooth line: quadratic curves from middle to middle, bent at the given points. */
function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const steps = rest.map((point, index) => {
    const next = rest[index + 1];
    if (!next) return `L${round(point.x)} ${round(point.y)}`;
    const isLastBend = index === rest.length - 2;
    const end = isLastBend ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${round(point.x)} ${round(point.y)} ${round(end.x)} ${round(end.y)}`;
  });
  return `M${round(first.x)} ${round(first.y)}${steps.join('')}`;
}

function drawNode(
  service: Service,
  at: { x: number; y: number; width: number; height: number },
): string {
  const classes = ['node', service.kind, service.exposure === 'internet' ? 'internet' : '']
    .join(' ')
    .trim();
  const left = round(at.x - at.width / 2);
  const top = round(at.y - at.height / 2);
  return html`<g class="${classes}" data-id="${service.id}" tabindex="0"><title>${service.id}, ${service.kind}, owner ${service.owner ?? 'unknown'}</title><rect x="${left}" y="${top}" width="${round(at.width)}" height="${at.height}" rx="${service.kind === 'datastore' ? 15 : 4}"/><text x="${round(at.x)}" y="${round(at.y + 4)}">${service.name}</text></g>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
