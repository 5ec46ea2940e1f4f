import { oncePer } from '../../../base/once.ts';
import type { Source } from '../../../estate/index.ts';
import type { CallerRules, OperationRule } from '../../model/index.ts';
import {
  matchesExactly,
  matchesLoosely,
  type PathPattern,
  parsePattern,
} from '../../operations/index.ts';
import { toExpression } from './expression.ts';
import { isPartOf, meetingOf, type Region, toRegion } from './region.ts';
import { witnessesOf } from './witness.ts';

/** A region and who is let in to what no narrower region takes. */
export interface Cell {
  readonly region: Region;
  /** Callers by their places in the rules of the callee. */
  readonly callers: ReadonlySet<number>;
  /** The declarations by which they are. */
  readonly because: readonly Source[];
  /** The higher, the narrower. */
  readonly rank: number;
}

export interface Arrangement {
  readonly cells: readonly Cell[];
  /** Callers that are kept out of what they may do, as two regions meet in what no expression says. */
  readonly keptOut: ReadonlySet<number>;
}

/** Regions of one method of a callee. */
const MAX_REGIONS = 400;

interface ReadRule {
  readonly caller: number;
  readonly path: PathPattern;
  readonly also: readonly PathPattern[];
  readonly except: readonly PathPattern[];
  readonly because: readonly Source[];
}

/** Takes the rules for one method apart into regions such that of those that take a path, one is the narrowest and says
 *  who is let in; undefined where they are too many. */
export function arrange(callers: readonly CallerRules[], method: string): Arrangement | undefined {
  const rules = callers.flatMap((caller, at) =>
    caller.allowed.filter((rule) => isFor(rule, method)).flatMap((rule) => readRule(rule, at)),
  );
  const regions = regionsOf(rules);
  if (!regions) return undefined;
  const ranks = ranksOf(regions);
  const cells = regions.map((region): Cell => {
    const witness = witnessOf(region, regions);
    // Without one, narrower regions take all of it most likely, and if not, nobody is let in.
    const matching = witness === undefined ? [] : matchingRules(rules, witness);
    return {
      region,
      callers: new Set(matching.map(({ caller }) => caller)),
      because: matching.flatMap(({ because }) => because),
      rank: ranks.get(region.key) ?? 0,
    };
  });
  return withoutNeedless(narrowed(cells));
}

function isFor({ protocol, method, exceptMethods, conditions }: OperationRule, asked: string) {
  if (protocol !== 'http' || conditions.length > 0) return false;
  return method === asked || (method === '*' && !exceptMethods.includes(asked));
}

function readRule({ path, also, except, because }: OperationRule, caller: number): ReadRule[] {
  const read = parsePattern(path === '**' ? '/**' : path);
  const isPattern = (one: PathPattern | undefined): one is PathPattern => one !== undefined;
  const [more, less] = [also.map(parsePattern), except.map(parsePattern)];
  if (!read || !more.every(isPattern) || !less.every(isPattern)) return [];
  return [{ caller, path: read, also: more, except: less, because }];
}

/** All regions that rules speak of, and all that any of them meet in. */
function regionsOf(rules: readonly ReadRule[]): Region[] | undefined {
  const exact = unique(rules.map(({ path }) => toRegion(path, 'exact')));
  const loose = unique(
    rules.flatMap(({ also, except }) => [...also, ...except].map((one) => toRegion(one, 'folded'))),
  );
  const regions = new Map(exact.map((one) => [one.key, one]));
  // What meets no path of a rule is let in to nobody, and needs no region.
  for (const added of regions.values()) {
    for (const other of [...exact, ...loose]) {
      const met = meetingOf(added, other);
      if (met === 'unsayable') regions.set(other.key, other);
      else if (met !== 'nothing') regions.set(met.key, met);
    }
    if (regions.size > MAX_REGIONS) return undefined;
  }
  return [...regions.values()];
}

const unique = (regions: readonly Region[]): Region[] => [
  ...new Map(regions.map((one) => [one.key, one])).values(),
];

/** How many regions lie around each, one in the other. */
function ranksOf(regions: readonly Region[]): Map<string, number> {
  const around = new Map(
    regions.map((region) => [
      region.key,
      regions.filter((other) => other.key !== region.key && isPartOf(region, other)),
    ]),
  );
  const ranks = new Map<string, number>();
  const rankOf = (region: Region): number => {
    const known = ranks.get(region.key);
    if (known !== undefined) return known;
    const rank = Math.max(-1, ...(around.get(region.key) ?? []).map(rankOf)) + 1;
    ranks.set(region.key, rank);
    return rank;
  };
  for (const region of regions) rankOf(region);
  return ranks;
}

/** A path that the region takes, and none that is narrower; undefined where there is none. */
function witnessOf(region: Region, regions: readonly Region[]): string | undefined {
  const narrower = regions.filter((other) => {
    const met = other === region ? 'nothing' : meetingOf(region, other);
    // what meets nothing takes no path of the region, and what takes all of them is wider
    return met === 'unsayable' || (typeof met === 'object' && met.key !== region.key);
  });
  const longest = Math.max(...regions.map(({ segments }) => segments.length));
  for (const path of witnessesOf(region, longest)) {
    if (!narrower.some((other) => matcherOf(other).test(path))) return path;
  }
  return undefined;
}

const matcherOf = oncePer((region: Region) => new RegExp(`^${toExpression(region, false)}`));

function matchingRules(rules: readonly ReadRule[], path: string): ReadRule[] {
  const isIn = ({ path: pattern, also, except }: ReadRule) =>
    matchesExactly(pattern, path) &&
    also.every((one) => matchesLoosely(one, path)) &&
    !except.some((one) => matchesLoosely(one, path));
  return rules.filter(isIn);
}

/** Where regions meet in what no region says, only those are let in who are in both. */
function narrowed(cells: readonly Cell[]): Arrangement {
  const keptOut = new Set<number>();
  const narrower = cells.map((cell) => {
    const callers = new Set(cell.callers);
    for (const other of cells) {
      if (meetingOf(cell.region, other.region) !== 'unsayable') continue;
      for (const caller of callers) {
        if (other.callers.has(caller)) continue;
        callers.delete(caller);
        keptOut.add(caller);
      }
    }
    return { ...cell, callers };
  });
  return { cells: narrower, keptOut };
}

/** Without regions that let nobody in and lie in none that does. */
function withoutNeedless({ cells, keptOut }: Arrangement): Arrangement {
  const open = cells.filter(({ callers }) => callers.size > 0);
  const needed = ({ callers, region }: Cell) =>
    callers.size > 0 || open.some((other) => meetingOf(region, other.region) !== 'nothing');
  return { cells: cells.filter(needed), keptOut };
}
