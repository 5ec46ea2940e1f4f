import type { Calls, Spots } from './arrange.ts';
import { groupsOf } from './groups.ts';
import { seedOf } from './seed.ts';

export type Spot = readonly [x: number, y: number];

/** Where services stood when they were last drawn, by their ids. */
export type Kept = ReadonlyMap<string, Spot>;

/** How far what is new stands from those it has to do with. */
const BESIDE = 1.2;
/** Of all services, those that may be new before the map is drawn anew. */
const FEW = 0.2;

/** Places of services on a map that is there: who was drawn stays, and who is new stands beside those that it calls or
 *  is called by, of its own namespace first.
 *  @returns undefined where too much is new for that */
export function keptSpots(ids: readonly string[], calls: Calls, kept: Kept): Spots | undefined {
  const missing = new Set([...ids.keys()].filter((place) => !kept.has(ids[place] ?? '')));
  if (missing.size > FEW * ids.length) return undefined;
  const spots = new Float32Array(2 * ids.length);
  for (const [place, id] of ids.entries()) spots.set(kept.get(id) ?? [0, 0], 2 * place);
  const near = nearOf(ids, calls, missing);
  for (const place of missing) {
    const [x, y] = middleOf(near.get(place) ?? [], spots);
    const angle = seedOf(ids[place] ?? '') * 2 * Math.PI;
    spots.set([x + BESIDE * Math.cos(angle), y + BESIDE * Math.sin(angle)], 2 * place);
  }
  return spots;
}

/** Who is there already, and whom what is new stands beside. */
function nearOf(
  ids: readonly string[],
  { from, to }: Calls,
  missing: ReadonlySet<number>,
): Map<number, readonly number[]> {
  const others = new Map<number, number[]>([...missing].map((place) => [place, []]));
  for (const [call, caller] of from.entries()) {
    const callee = to[call] ?? 0;
    if (!missing.has(callee)) others.get(caller)?.push(callee);
    if (!missing.has(caller)) others.get(callee)?.push(caller);
  }
  const near = new Map<number, readonly number[]>();
  for (const { members } of missing.size === 0 ? [] : groupsOf(ids)) {
    const own = new Set(members.filter((member) => !missing.has(member)));
    for (const member of members) {
      const called = others.get(member);
      if (!called) continue;
      const closest = called.filter((other) => own.has(other));
      const best = [closest, [...own], called].find((list) => list.length > 0);
      near.set(member, best ?? []);
    }
  }
  return near;
}

function middleOf(places: readonly number[], spots: Spots): Spot {
  const [x, y] = places.reduce(
    ([left, top], place) => [left + (spots[2 * place] ?? 0), top + (spots[2 * place + 1] ?? 0)],
    [0, 0],
  );
  return [x / Math.max(1, places.length), y / Math.max(1, places.length)];
}
