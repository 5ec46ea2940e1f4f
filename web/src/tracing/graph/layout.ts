/** Where services stand: callers to the left of whom they call, so that requests run from left to right as far as they
 *  do not lead in circles. The same graph always looks the same, and what is drawn over takes no time worth telling. */

export interface Call {
  readonly from: string;
  readonly to: string;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly layer: number;
}

export interface Layout {
  readonly spots: ReadonlyMap<string, Spot>;
  readonly width: number;
  readonly height: number;
}

export const NODE = { width: 168, height: 38 } as const;
const COLUMN = 264;
/** Between two columns of one layer: nothing is drawn between them. */
const WRAPPED = 208;
const ROW = 56;
const MARGIN = 28;
/** How far lines that lead back go down. */
const DROP = 40;
/** Nodes of a column; a layer of more takes several. */
const MAX_ROWS = 18;
/** What is further away stands in the last one. */
const MAX_LAYERS = 24;
const SWEEPS = 6;

/** @param nodes ids, in an order that is kept where nothing else decides
 *  @param links between them; others are passed over */
export function layoutOf(nodes: readonly string[], links: readonly Call[]): Layout {
  const known = new Set(nodes);
  const inside = links.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const layers = untangled(layersOf([...known], inside), inside);
  return placed(layers);
}

/** Layers by the shortest way from whoever is called by nobody; circles are entered where they come first. */
function layersOf(nodes: readonly string[], links: readonly Call[]): string[][] {
  const callees = Map.groupBy(links, ({ from }) => from);
  const called = new Set(links.map(({ to }) => to));
  const layerOf = new Map<string, number>();
  const spread = (starts: readonly string[]): void => {
    for (const start of starts) layerOf.set(start, 0);
    const waiting = [...starts];
    for (let at = 0; at < waiting.length; at++) {
      const from = waiting[at] ?? '';
      for (const { to } of callees.get(from) ?? []) {
        if (layerOf.has(to)) continue;
        layerOf.set(to, Math.min((layerOf.get(from) ?? 0) + 1, MAX_LAYERS - 1));
        waiting.push(to);
      }
    }
  };
  spread(nodes.filter((node) => !called.has(node)));
  for (const node of nodes) if (!layerOf.has(node)) spread([node]);
  const layers: string[][] = [];
  for (const node of nodes) {
    const layer = layerOf.get(node) ?? 0;
    layers[layer] = [...(layers[layer] ?? []), node];
  }
  return [...layers].map((layer) => layer ?? []).filter((layer) => layer.length > 0);
}

/** Each layer in the order of the middles of its neighbours: few lines cross then.
 *  @see Sugiyama, Tagawa and Toda 1981 */
function untangled(layers: string[][], links: readonly Call[]): string[][] {
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of links) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  }
  const places = new Map<string, number>();
  const note = (layer: readonly string[]): void => {
    for (const [place, node] of layer.entries()) places.set(node, (place + 0.5) / layer.length);
  };
  layers.forEach(note);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const order = sweep % 2 === 0 ? layers : layers.toReversed();
    for (const layer of order) {
      const middles = new Map(layer.map((node) => [node, middleOf(node, neighbours, places)]));
      layer.sort((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0));
      note(layer);
    }
  }
  return layers;
}

function middleOf(
  node: string,
  neighbours: ReadonlyMap<string, readonly string[]>,
  places: ReadonlyMap<string, number>,
): number {
  const own = places.get(node) ?? 0;
  const near = neighbours.get(node) ?? [];
  if (near.length === 0) return own;
  return near.reduce((sum, one) => sum + (places.get(one) ?? 0), 0) / near.length;
}

function placed(layers: readonly (readonly string[])[]): Layout {
  const spots = new Map<string, Spot>();
  const rows = Math.min(MAX_ROWS, Math.max(1, ...layers.map((layer) => layer.length)));
  let x = MARGIN;
  for (const [layer, nodes] of layers.entries()) {
    const columns = Math.ceil(nodes.length / MAX_ROWS);
    const own = Math.ceil(nodes.length / columns);
    const top = MARGIN + ((rows - own) * ROW) / 2;
    // neighbours in the order stay neighbours: row by row
    for (const [place, node] of nodes.entries()) {
      const [row, column] = [Math.floor(place / columns), place % columns];
      spots.set(node, { x: x + column * WRAPPED, y: top + row * ROW, layer });
    }
    x += (columns - 1) * WRAPPED + COLUMN;
  }
  const width = Math.max(NODE.width + 2 * MARGIN, x - COLUMN + NODE.width + MARGIN);
  return { spots, width, height: 2 * MARGIN + DROP + rows * ROW - (ROW - NODE.height) };
}

export interface Line {
  /** As `d` of a path has it. */
  readonly path: string;
  readonly middle: { readonly x: number; readonly y: number };
}

/** The line of a call: ahead, or around where it leads back or stays in its layer. */
export function lineOf(from: Spot, to: Spot): Line {
  if (to.layer > from.layer) return ahead(from, to);
  const isBeside = to.layer === from.layer && to.y !== from.y;
  return isBeside ? beside(from, to) : below(from, to);
}

/** Between the line and the service that its arrow points at. */
const GAP = 7;

function ahead(from: Spot, to: Spot): Line {
  const [x1, y1] = [from.x + NODE.width, from.y + NODE.height / 2];
  const [x2, y2] = [to.x - GAP, to.y + NODE.height / 2];
  const bend = Math.max(40, (x2 - x1) / 2);
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  return { path, middle: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 } };
}

function beside(from: Spot, to: Spot): Line {
  const [x1, y1] = [from.x + NODE.width, from.y + NODE.height / 2];
  const [x2, y2] = [to.x + NODE.width + GAP, to.y + NODE.height / 2];
  const out = Math.max(x1, x2) + 46;
  const path = `M${x1} ${y1}C${out} ${y1} ${out} ${y2} ${x2} ${y2}`;
  return { path, middle: { x: out - 14, y: (y1 + y2) / 2 } };
}

function below(from: Spot, to: Spot): Line {
  const [x1, y1] = [from.x + NODE.width / 2, from.y + NODE.height];
  const [x2, y2] = [to.x + NODE.width / 2, to.y + NODE.height + GAP];
  const low = Math.max(y1, y2) + DROP;
  const path = `M${x1} ${y1}C${x1} ${low} ${x2} ${low} ${x2} ${y2}`;
  return { path, middle: { x: (x1 + x2) / 2, y: low - DROP / 5 } };
}
