import Graph from 'graphology';
import forceAtlas2 from 'graphology-layout-forceatlas2';

/** Something that is drawn to what it is linked with, and pushed away from all else. */
export interface Body {
  x: number;
  y: number;
  /** Room that it takes, where that matters. */
  readonly radius?: number;
}

/** Between bodies, by their places. */
export interface Pull {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

const MANY = 1_000;
/** Steps at once: between them, others may have a turn. */
const STEPS = 10;

/** Moves bodies until their links are short, step by step; draws nothing by chance.
 *  @returns how much of it is done, 0 to 1, each time that there is something new
 *  @see Jacomy, Venturini, Heymann and Bastian 2014, ForceAtlas2 */
export function* settle(
  bodies: readonly Body[],
  pulls: readonly Pull[],
  steps: number,
): Generator<number> {
  const graph = new Graph({ type: 'undirected' });
  const hasRoom = bodies.some(({ radius }) => radius !== undefined);
  for (const [place, { x, y, radius = 1 }] of bodies.entries()) {
    graph.addNode(place, { x, y, size: radius });
  }
  for (const { from, to, weight } of pulls) {
    if (from !== to)
      graph.updateEdge(from, to, ({ weight: known = 0 }) => ({ weight: known + weight }));
  }
  const settings = {
    ...forceAtlas2.inferSettings(graph),
    adjustSizes: hasRoom,
    barnesHutOptimize: bodies.length > MANY,
    barnesHutTheta: 1,
  };
  for (let done = 0; done < steps; done += STEPS) {
    forceAtlas2.assign(graph, { iterations: Math.min(STEPS, steps - done), settings });
    graph.forEachNode((place, { x, y }) => {
      const body = bodies[Number(place)];
      if (body) [body.x, body.y] = [x, y];
    });
    yield Math.min(1, (done + STEPS) / steps);
  }
}
