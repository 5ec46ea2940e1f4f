import { cut, partyWords } from '../../words.ts';
import type { Colours } from './colours.ts';
import type { Drawn } from './to-graph.ts';
import { writeName } from './write-name.ts';

/** What is looked at: a service with all its relationships, or one relationship. */
export type Focus = { readonly service: string } | { readonly from: string; readonly to: string };

interface Pixel {
  readonly x: number;
  readonly y: number;
}
type Place = (id: string) => Pixel;

interface Layer {
  readonly width: number;
  readonly height: number;
  readonly place: Place;
  /** The radius of a service's dot, in pixels. */
  readonly sizeOf: (id: string) => number;
  readonly colours: Colours;
}

/** Names that can be read beside each other. */
const NAMED = 40;
/** Pixels of a letter, and of a line. */
const [LETTER, HIGH] = [7.5, 15];
const LETTERS = 40;
const ARROW = 7;

/** Draws what is looked at above all else.
 *  @returns whether there is anything to see of it */
export function paintFocus(
  context: CanvasRenderingContext2D,
  graph: Drawn,
  focus: Focus | undefined,
  layer: Layer,
): boolean {
  context.clearRect(0, 0, layer.width, layer.height);
  const edges = focus ? edgesOf(graph, focus) : [];
  const ends = focus ? endsOf(graph, focus, edges) : [];
  const main = focus && 'service' in focus ? focus.service : undefined;
  for (const edge of edges) paintLine(context, graph, edge, layer);
  for (const id of ends.toReversed()) paintDot(context, graph, id, layer);
  if (main !== undefined && ends.length > 0) {
    const radius = layer.sizeOf(main) + 4;
    paintRing(context, { ...layer.place(main), radius, width: 2.5, colour: layer.colours.accent });
  }
  for (const { id, ...where } of namesOf(ends, main, layer)) {
    writeName(context, cut(partyWords(id), LETTERS), where, layer.colours);
  }
  return ends.length > 0;
}

interface Ring extends Pixel {
  readonly radius: number;
  readonly width: number;
  readonly colour: string;
}

export function paintRing(
  context: CanvasRenderingContext2D,
  { x, y, radius, width, colour }: Ring,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

/** Names beside dots: of what is asked most, as far as they do not lie on each other. */
function namesOf(ends: readonly string[], main: string | undefined, layer: Layer) {
  const taken: (Pixel & {
    readonly id: string;
    readonly isMain: boolean;
    readonly wide: number;
  })[] = [];
  for (const id of ends) {
    if (taken.length === NAMED) break;
    const { x, y } = layer.place(id);
    const wide = LETTER * Math.min(LETTERS, partyWords(id).length);
    const name = { id, x: x + layer.sizeOf(id) + 4, y, isMain: id === main, wide };
    const isFree = taken.every(
      (other) =>
        Math.abs(other.y - name.y) > HIGH ||
        name.x > other.x + other.wide ||
        other.x > name.x + name.wide,
    );
    if (isFree) taken.push(name);
  }
  return taken;
}

function edgesOf(graph: Drawn, focus: Focus): string[] {
  if ('service' in focus) return graph.hasNode(focus.service) ? graph.edges(focus.service) : [];
  const { from, to } = focus;
  const isThere = graph.hasNode(from) && graph.hasNode(to) && graph.hasDirectedEdge(from, to);
  return isThere ? [graph.directedEdge(from, to) ?? ''] : [];
}

/** Services at the ends of lines, those first that are asked most. */
function endsOf(graph: Drawn, focus: Focus, edges: readonly string[]): string[] {
  const own = 'service' in focus ? [focus.service] : [focus.from, focus.to];
  const sizeOf = (id: string): number => graph.getNodeAttribute(id, 'size');
  const others = new Set(edges.flatMap((edge) => graph.extremities(edge)));
  return [
    ...own.filter((id) => graph.hasNode(id)),
    ...[...others].filter((id) => !own.includes(id)).sort((a, b) => sizeOf(b) - sizeOf(a)),
  ];
}

function paintLine(
  context: CanvasRenderingContext2D,
  graph: Drawn,
  edge: string,
  layer: Layer,
): void {
  const [caller, callee] = graph.extremities(edge);
  const [from, to] = [layer.place(caller), layer.place(callee)];
  const away = Math.hypot(to.x - from.x, to.y - from.y);
  if (away === 0) return;
  const [ux, uy] = [(to.x - from.x) / away, (to.y - from.y) / away];
  const end = Math.max(0, away - layer.sizeOf(callee) - 1);
  const tip = { x: from.x + ux * end, y: from.y + uy * end };
  const colour = layer.colours.lines[graph.getEdgeAttribute(edge, 'line')];
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = graph.getEdgeAttribute(edge, 'type') === 'thick' ? 2.4 : 1.2;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(tip.x, tip.y);
  context.stroke();
  context.beginPath();
  context.moveTo(tip.x, tip.y);
  context.lineTo(tip.x - ARROW * (ux + uy / 2), tip.y - ARROW * (uy - ux / 2));
  context.lineTo(tip.x - ARROW * (ux - uy / 2), tip.y - ARROW * (uy + ux / 2));
  context.fill();
}

function paintDot(context: CanvasRenderingContext2D, graph: Drawn, id: string, layer: Layer): void {
  const { x, y } = layer.place(id);
  context.beginPath();
  context.arc(x, y, layer.sizeOf(id) + 0.5, 0, 2 * Math.PI);
  context.fillStyle = graph.getNodeAttribute(id, 'color');
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = layer.colours.card;
  context.stroke();
}

/** The relationship at a spot, of those that are looked at; undefined where there is none.
 *  @param reach pixels that belong to a line on each side */
export function lineAt(
  graph: Drawn,
  focus: Focus,
  place: Place,
  spot: Pixel,
  reach: number,
): { readonly from: string; readonly to: string } | undefined {
  let nearest: { from: string; to: string } | undefined;
  let least = reach;
  for (const edge of edgesOf(graph, focus)) {
    const [from, to] = graph.extremities(edge);
    const away = awayFrom(spot, place(from), place(to));
    if (away >= least) continue;
    [least, nearest] = [away, { from, to }];
  }
  return nearest;
}

/** How far a spot is from the line between two others. */
export function awayFrom({ x, y }: Pixel, a: Pixel, b: Pixel): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / length;
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - a.x - at * dx, y - a.y - at * dy);
}
