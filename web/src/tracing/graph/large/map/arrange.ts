import { type Disc, discsOf } from './discs.ts';
import { type Body, type Pull, settle } from './forces.ts';
import { type Group, groupsOf } from './groups.ts';
import { seedOf, sunflower } from './seed.ts';

/** Who calls whom, by places among services. */
export interface Calls {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/** x and y of each service, one after the other. */
export type Spots = Float32Array;

const STEPS = 120;
/** Of the room of a disc, what services take. */
const FILLED = 0.92;

/** Finds where each service stands: namespaces as discs, and in each its services, those close that call each other.
 *  The same names and calls always lead to the same map.
 *  @returns the share that is done, 0 to 1, while `spots` get better; from the first on, all have a place */
export function* arrange(ids: readonly string[], calls: Calls, spots: Spots): Generator<number> {
  const groups = groupsOf(ids);
  const { between, inside } = sorted(groups, ids.length, calls);
  const discs = discsOf(groups, between);
  const bodies = groups.map((group) => seeded(group, ids));
  const write = (place: number): void => {
    const [group, disc] = [groups[place], discs[place]];
    if (group && disc) spread(group, disc, bodies[place] ?? [], spots);
  };
  for (const place of groups.keys()) write(place);
  yield 0;
  let done = 0;
  for (const [place, { members }] of groups.entries()) {
    for (const share of settle(bodies[place] ?? [], inside[place] ?? [], STEPS)) {
      write(place);
      yield (done + share * members.length) / ids.length;
    }
    done += members.length;
  }
}

/** Calls between groups, and those inside of each by the places of its members. */
function sorted(
  groups: readonly Group[],
  count: number,
  { from, to }: Calls,
): { readonly between: Pull[]; readonly inside: Pull[][] } {
  const groupOf = new Uint32Array(count);
  const placeOf = new Uint32Array(count);
  for (const [group, { members }] of groups.entries()) {
    for (const [place, member] of members.entries()) {
      groupOf[member] = group;
      placeOf[member] = place;
    }
  }
  const between: Pull[] = [];
  const inside: Pull[][] = groups.map(() => []);
  for (const [call, caller] of from.entries()) {
    const callee = to[call] ?? 0;
    const [a = 0, b = 0] = [groupOf[caller], groupOf[callee]];
    if (a !== b) between.push({ from: a, to: b, weight: 1 });
    else inside[a]?.push({ from: placeOf[caller] ?? 0, to: placeOf[callee] ?? 0, weight: 1 });
  }
  return { between, inside };
}

/** Services of a group, evenly about its middle in an order that is that of nothing but their names. */
function seeded({ members }: Group, ids: readonly string[]): Body[] {
  const radius = 10 * Math.sqrt(members.length);
  const seeds = members.map((member) => seedOf(ids[member] ?? ''));
  const order = [...members.keys()].sort((a, b) => (seeds[a] ?? 0) - (seeds[b] ?? 0));
  const bodies: Body[] = members.map(() => ({ x: 0, y: 0 }));
  for (const [place, body] of order.entries()) {
    const [x, y] = sunflower(place, members.length);
    bodies[body] = { x: x * radius, y: y * radius };
  }
  return bodies;
}

/** Puts the services of a group on its disc: directions and the order outwards are kept, and room is used evenly. */
function spread(group: Group, disc: Disc, bodies: readonly Body[], spots: Spots): void {
  const middle = {
    x: bodies.reduce((sum, { x }) => sum + x, 0) / bodies.length,
    y: bodies.reduce((sum, { y }) => sum + y, 0) / bodies.length,
  };
  const away = bodies.map(({ x, y }) => Math.hypot(x - middle.x, y - middle.y));
  const order = [...bodies.keys()].sort((a, b) => (away[a] ?? 0) - (away[b] ?? 0));
  for (const [rank, place] of order.entries()) {
    const { x, y } = bodies[place] ?? middle;
    const angle = Math.atan2(y - middle.y, x - middle.x);
    const radius =
      bodies.length === 1 ? 0 : FILLED * disc.radius * Math.sqrt((rank + 0.5) / bodies.length);
    const member = group.members[place] ?? 0;
    spots[2 * member] = disc.x + radius * Math.cos(angle);
    spots[2 * member + 1] = disc.y + radius * Math.sin(angle);
  }
}
