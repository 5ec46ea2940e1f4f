import type { Source } from '../../estate/words.ts';
import type { Neighbours } from './neighbours.ts';
import type { Standing } from './standing.ts';

/** A rule about paths before it has a method. */
export interface PathRule {
  readonly path: string;
  readonly also: readonly string[];
  readonly except: readonly string[];
  readonly conditions: readonly string[];
  readonly because: readonly Source[];
}

/** What a relation comes to for one method: the known paths, and what stands at those that are let in. */
export interface MethodView {
  readonly callee: number;
  readonly isKnown: (path: number) => boolean;
  readonly allowed: ReadonlyMap<number, Standing>;
}

/** Rules of one path beyond these are left out, which lets in less. */
const MAX_REGIONS = 64;

/** Requests that match a path exactly and some others loosely. */
interface Region {
  readonly also: readonly number[];
  readonly conditions: readonly string[];
}

/** The rules of one allowed path. It is among the nearest unless a more specific one matches. What else is nearest, and
 *  not allowed or with guardrails of its own to be asked, is taken out; where something more specific, which is
 *  allowed, matches as well, that is a rule of its own. `given` are paths that a request must match as well. */
export function regionsOf(
  view: MethodView,
  neighbours: Neighbours,
  path: number,
  given: readonly number[] = [],
): PathRule[] {
  const own = view.allowed.get(path);
  if (!own) return [];
  const rules: PathRule[] = [];
  const seen = new Set<string>();
  const waiting: Region[] = [{ also: given, conditions: own.conditions }];
  for (let region = waiting.pop(); region && seen.size < MAX_REGIONS; region = waiting.pop()) {
    const key = region.also.join();
    if (seen.has(key)) continue;
    seen.add(key);
    const { except, branches } = cut(view, neighbours, path, region);
    waiting.push(...branches);
    if (except.some((one) => region.also.includes(one))) continue;
    rules.push({
      path: neighbours.textOf(path),
      also: region.also.map((one) => neighbours.textOf(one)),
      except: except.map((one) => neighbours.textOf(one)).sort(),
      conditions: region.conditions,
      because: [
        ...new Set([path, ...region.also].flatMap((one) => view.allowed.get(one)?.because ?? [])),
      ],
    });
  }
  return rules;
}

/** What has to be taken out of a region, and the smaller ones that may be let in all the same. */
function cut(
  view: MethodView,
  neighbours: Neighbours,
  path: number,
  { also, conditions }: Region,
): { except: number[]; branches: Region[] } {
  const meeting = neighbours
    .of(view.callee, path)
    .filter((one) => view.isKnown(one) && also.every((other) => neighbours.overlap(one, other)));
  const except: number[] = [];
  const branches: Region[] = [];
  const branchInto = (one: number): void => {
    const standing = view.allowed.get(one);
    if (!standing || also.includes(one) || neighbours.isMoreSpecific(one, path)) return;
    branches.push({
      also: [...also, one].sort((a, b) => a - b),
      conditions: union(conditions, standing.conditions),
    });
  };
  for (const one of meeting) {
    if (also.some((other) => neighbours.isMoreSpecific(other, one))) continue;
    const standing = view.allowed.get(one);
    const isNearer = neighbours.isMoreSpecific(one, path);
    if (!isNearer && standing && standing.conditions.every((id) => conditions.includes(id)))
      continue;
    except.push(one);
    if (isNearer) continue;
    branchInto(one);
    for (const other of meeting) if (neighbours.isMoreSpecific(other, one)) branchInto(other);
  }
  return { except, branches };
}

const union = (a: readonly string[], b: readonly string[]): string[] =>
  [...new Set([...a, ...b])].sort();
