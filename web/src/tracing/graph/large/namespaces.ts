import { cut } from '../../words.ts';
import { type Colours, groupColour, rgbOf, withAlpha } from './colours.ts';
import type { Spots } from './map/arrange.ts';
import { groupsOf } from './map/groups.ts';

/** A namespace on the map: the circle about its services. */
export interface Namespace {
  readonly name: string;
  readonly colour: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

interface Layer {
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
  /** From the map to pixels of the canvas. */
  readonly toPixels: (x: number, y: number) => { readonly x: number; readonly y: number };
}

const BORDER = 0.9;
const LETTERS = 32;

/** Namespaces about their services, wherever these stand. */
export function namespacesOf(
  ids: readonly string[],
  spots: Spots,
  colours: Pick<Colours, 'isDark' | 'dim'>,
): Namespace[] {
  return groupsOf(ids).map(({ key, name, members }) => {
    const xs = members.map((member) => spots[2 * member] ?? 0);
    const ys = members.map((member) => -(spots[2 * member + 1] ?? 0));
    const [x, y] = [middleOf(xs), middleOf(ys)];
    const away = xs.map((one, place) => Math.hypot(one - x, (ys[place] ?? 0) - y));
    const radius = away.reduce((most, one) => Math.max(most, one), 0) + BORDER;
    return { name, colour: groupColour(key, colours), x, y, radius };
  });
}

/** Half-way between the ends: one that stands aside moves it less than the mean. */
function middleOf(values: readonly number[]): number {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  return (least + values.reduce((a, b) => Math.max(a, b), -Infinity)) / 2;
}

/** A faint circle below the services of each namespace. */
export function paintGrounds(
  context: CanvasRenderingContext2D,
  namespaces: readonly Namespace[],
  layer: Layer,
): void {
  context.clearRect(0, 0, layer.width, layer.height);
  for (const namespace of namespaces) {
    const { x, y, radius } = onCanvas(namespace, layer);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = withAlpha(rgbOf(namespace.colour), layer.colours.isDark ? 0.1 : 0.07);
    context.fill();
  }
}

const [SMALLEST, LARGEST] = [10, 19];
/** As many as anybody reads. */
const NAMED = 150;
/** Of the height of letters, a letter is wide. */
const LETTER = 0.62;

/** A name with its room on the canvas, in pixels. */
export interface Label {
  readonly name: string;
  readonly colour: string;
  /** Its middle. */
  readonly x: number;
  readonly y: number;
  /** The height of letters. */
  readonly size: number;
}

/** Names of namespaces at the upper ends of their circles: those of the largest, and of others where there is room. */
export function labelsOf(
  namespaces: readonly Namespace[],
  layer: Pick<Layer, 'toPixels' | 'width' | 'height'>,
): Label[] {
  const taken: Label[] = [];
  const placed = namespaces
    .map((namespace) => ({ namespace, ...onCanvas(namespace, layer) }))
    .sort((a, b) => b.radius - a.radius);
  for (const { namespace, x, y, radius } of placed) {
    if (taken.length === NAMED) break;
    if (x < 0 || x > layer.width || y + radius < 0 || y - radius > layer.height) continue;
    const size = Math.min(LARGEST, Math.max(SMALLEST, radius / 3.5));
    const { name, colour } = namespace;
    // still there where the upper end is beyond the canvas
    const top = Math.max(y - radius + size * 0.2, size * 0.8);
    const label = { name: cut(name, LETTERS), colour, x, y: top, size };
    if (!taken.some((other) => touch(label, other))) taken.push(label);
  }
  return taken;
}

function touch(a: Label, b: Label): boolean {
  const wide = (LETTER * (a.size * a.name.length + b.size * b.name.length)) / 2;
  return Math.abs(a.x - b.x) < wide && Math.abs(a.y - b.y) < (a.size + b.size) * 0.6;
}

export function paintNames(
  context: CanvasRenderingContext2D,
  namespaces: readonly Namespace[],
  layer: Layer,
): void {
  context.clearRect(0, 0, layer.width, layer.height);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = layer.colours.card;
  for (const { name, colour, x, y, size } of labelsOf(namespaces, layer)) {
    context.font = `650 ${size}px system-ui, sans-serif`;
    context.strokeText(name, x, y);
    context.fillStyle = colour;
    context.fillText(name, x, y);
  }
}

function onCanvas({ x, y, radius }: Namespace, { toPixels }: Pick<Layer, 'toPixels'>) {
  const middle = toPixels(x, y);
  const edge = toPixels(x + radius, y);
  return { ...middle, radius: Math.hypot(edge.x - middle.x, edge.y - middle.y) };
}
