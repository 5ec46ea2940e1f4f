import { type Body, type Pull, settle } from './forces.ts';
import { type Group, OUTSIDE_KEY } from './groups.ts';
import { seedOf } from './seed.ts';

/** Room that a group has on the map. */
export interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Of one service, on which all else is measured. */
const ROOM = 1;
const BORDER = 1.6;
const STEPS = 150;
/** Comparisons of pairs that are worth their time. */
const COMPARED = 3e7;
const SWEEPS = 400;
const TOWARDS_MIDDLE = 0.02;
/** The map is wider than high, as windows are. */
const WIDE = 1.5;

/** A disc for each group, as large as it has services; groups that call each other lie close, and none lies on another.
 *  What is outside of the estate lies beside all else: most of what comes from there would cross the map.
 *  @param calls between groups, by their places */
export function discsOf(groups: readonly Group[], calls: readonly Pull[]): Disc[] {
  const bodies = groups.map((group) => seeded(group, groups.length));
  const outside = groups.findIndex(({ key }) => key === OUTSIDE_KEY);
  const inner = calls.filter(({ from, to }) => from !== outside && to !== outside);
  for (const _ of settle(bodies, inner, STEPS));
  const estate = bodies.filter((_, place) => place !== outside);
  gather(estate);
  const left = estate.reduce((least, { x, radius }) => Math.min(least, x - radius), 0);
  const beyond = bodies[outside];
  if (beyond) [beyond.x, beyond.y] = [left - beyond.radius - BORDER, 0];
  return bodies;
}

/** At a place that is that of nothing but its name. */
function seeded({ key, members }: Group, count: number): Required<Body> {
  const radius = ROOM * Math.sqrt(members.length) + BORDER;
  const angle = seedOf(key) * 2 * Math.PI;
  const away = 10 * Math.sqrt(count * seedOf(`${key} away`));
  return { x: away * Math.cos(angle), y: away * Math.sin(angle), radius };
}

/** Draws discs to their common middle until they touch. */
function gather(discs: readonly Required<Body>[]): void {
  const sweeps = Math.min(SWEEPS, Math.ceil(COMPARED / Math.max(1, discs.length ** 2)));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const pull = TOWARDS_MIDDLE * (1 - sweep / sweeps);
    for (const disc of discs) {
      disc.x *= 1 - pull / WIDE;
      disc.y *= 1 - pull * WIDE;
    }
    for (const [place, disc] of discs.entries()) {
      for (let other = place + 1; other < discs.length; other++) part(disc, discs[other]);
    }
  }
}

/** Pushes two discs off each other, the smaller one further. */
function part(a: Required<Body>, b: Required<Body> | undefined): void {
  if (!b) return;
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const away = Math.hypot(dx, dy);
  const over = a.radius + b.radius - away;
  if (over <= 0) return;
  const [ux, uy] = away === 0 ? [1, 0] : [dx / away, dy / away];
  const share = b.radius ** 2 / (a.radius ** 2 + b.radius ** 2);
  a.x -= ux * over * share;
  a.y -= uy * over * share;
  b.x += ux * over * (1 - share);
  b.y += uy * over * (1 - share);
}
