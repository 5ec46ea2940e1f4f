import type { OperationRule } from '../model/index.ts';
import {
  contains,
  EVERY_METHOD,
  overlapsLoosely,
  type PathPattern,
  parsePattern,
  type SegmentPattern,
} from '../operations/index.ts';
import { EVERY, GET, HEAD } from './methods.ts';
import type { Neighbours } from './neighbours.ts';
import { type MethodView, type PathRule, regionsOf } from './regions.ts';
import type { RelationStanding, Standing, WideGrant } from './standing.ts';

const EVERYTHING = '/**';

/** What a relation comes to over HTTP. */
export function toHttpRules(standing: RelationStanding, neighbours: Neighbours): OperationRule[] {
  const methods = methodsOf(standing, neighbours);
  const { methods: names } = standing.tables;
  const rulesOf = new Map(
    [...methods].map((method) => [names.nameOf(method), rulesFor(standing, neighbours, method)]),
  );
  const others = standing.wide.length > 0 ? rulesFor(standing, neighbours, EVERY) : [];
  // What is the same for a method as for all others needs no word of its own.
  const likeOthers = JSON.stringify(others);
  const own = [...rulesOf].filter(
    ([, rules]) => rules.length !== others.length || JSON.stringify(rules) !== likeOthers,
  );
  const exceptMethods = own.map(([method]) => method).sort();
  const toRule = (method: string, except: readonly string[]) => (rule: PathRule) => ({
    protocol: 'http' as const,
    method,
    exceptMethods: except,
    ...rule,
  });
  return [
    ...own.flatMap(([method, rules]) => rules.map(toRule(method, []))),
    ...others.map(toRule(EVERY_METHOD, exceptMethods)),
  ];
}

/** The methods that something may be said of: those of narrow grants, and, where there are wide ones, of all that is
 *  known. */
function methodsOf(
  { tables, narrow, wide, callee }: RelationStanding,
  neighbours: Neighbours,
): Set<number> {
  const { paths: known, spots } = tables.callees;
  const found = new Set<number>();
  const addSpot = (spot: number): void => {
    const method = spots.methods[spot] ?? EVERY;
    if (spots.paths[spot] !== -1 && method !== EVERY) found.add(method);
  };
  for (const spot of narrow.keys()) addSpot(spot);
  if (wide.length > 0) {
    for (const method of [GET, HEAD]) found.add(method);
    for (const { operation } of wide) {
      const method =
        operation.kind === 'http' ? tables.methods.numberOf(operation.method) : undefined;
      if (method !== undefined) found.add(method);
    }
    for (const path of neighbours.pathsOf(callee)) {
      const end = known.endSpot[path] ?? 0;
      for (let spot = known.firstSpot[path] ?? 0; spot < end; spot++) addSpot(spot);
    }
  }
  if (found.has(GET)) found.add(HEAD);
  return found;
}

function rulesFor(
  standing: RelationStanding,
  neighbours: Neighbours,
  method: number,
): readonly PathRule[] {
  const rules =
    method === HEAD ? headRules(standing, neighbours) : plainRules(standing, neighbours, method);
  return withoutSpare(rules);
}

/** Those of a method that goes by itself. */
function plainRules(
  standing: RelationStanding,
  neighbours: Neighbours,
  method: number,
  sent = method,
): PathRule[] {
  const view = viewOf(standing, neighbours, method, sent);
  const known = [...view.allowed.keys()].flatMap((path) => regionsOf(view, neighbours, path));
  return [...known, ...unknownRules(standing, neighbours, view, method, sent)];
}

/** `HEAD` goes by itself where a path is known for it, and elsewhere by `GET`. */
function headRules(standing: RelationStanding, neighbours: Neighbours): PathRule[] {
  const { callee } = standing;
  const heads = neighbours.headsOf(callee);
  const getRules = plainRules(standing, neighbours, GET, HEAD);
  if (heads.length === 0) return getRules;
  const byGet = getRules.map((rule) => except(rule, heads, neighbours));
  const view = viewOf(standing, neighbours, HEAD, HEAD);
  const byHead = [...view.allowed.keys()].flatMap((path) =>
    heads.includes(path)
      ? regionsOf(view, neighbours, path)
      : heads
          .filter(
            (head) => neighbours.overlap(head, path) && !neighbours.isMoreSpecific(head, path),
          )
          .flatMap((head) => regionsOf(view, neighbours, path, [head])),
  );
  return [...byGet, ...byHead];
}

function except(rule: PathRule, paths: readonly number[], neighbours: Neighbours): PathRule {
  const pattern = parsePattern(rule.path);
  const more = paths
    .map((path) => neighbours.textOf(path))
    .filter((text) => {
      const other = parsePattern(text);
      return pattern && other && overlapsLoosely(pattern, other);
    });
  return { ...rule, except: [...new Set([...rule.except, ...more])].sort() };
}

function viewOf(
  standing: RelationStanding,
  neighbours: Neighbours,
  method: number,
  sent: number,
): MethodView {
  const { tables, callee, narrow, wide } = standing;
  const name = tables.methods.nameOf(method);
  const allowed = new Map<number, Standing>();
  const candidates =
    wide.length > 0
      ? neighbours.pathsOf(callee)
      : [...narrow.keys()].flatMap((spot) => tables.callees.spots.paths[spot] ?? []);
  for (const path of candidates) {
    const spot = path === -1 ? undefined : neighbours.spotOf(path, method);
    const found =
      spot === undefined ? undefined : standing.at(spot, name, tables.methods.nameOf(sent));
    if (found) allowed.set(path, found);
  }
  return { callee, allowed, isKnown: (path) => neighbours.spotOf(path, method) !== undefined };
}

/** Of what wide grants cover where nothing is known. A known path that is let in just so is not taken out. */
function unknownRules(
  standing: RelationStanding,
  neighbours: Neighbours,
  view: MethodView,
  method: number,
  sent: number,
): PathRule[] {
  const conditions = standing.whereUnknown(standing.tables.methods.nameOf(sent));
  if (!conditions) return [];
  const name = standing.tables.methods.nameOf(method);
  const known = neighbours.pathsOf(view.callee).filter(view.isKnown);
  return standing.wide.flatMap(({ operation, source }) => {
    const pattern = patternFor(operation, name);
    if (!pattern) return [];
    const except = known.filter((path) => {
      const other = standing.tables.callees.paths.patterns[path];
      if (!other || !overlapsLoosely(pattern, other)) return false;
      const found = view.allowed.get(path);
      return !(found && isSame(found.conditions, conditions) && isWithin(pattern, other));
    });
    return [
      {
        path: pattern.text,
        also: [],
        except: except.map((path) => neighbours.textOf(path)).sort(),
        conditions,
        because: [source],
      },
    ];
  });
}

const ALL_PATHS = parsePattern(EVERYTHING);

function patternFor(operation: WideGrant['operation'], method: string): PathPattern | undefined {
  if (operation.kind === 'every') return ALL_PATHS;
  const isOfMethod = operation.method === EVERY_METHOD || operation.method === method;
  return isOfMethod && operation.path.hasWildcards ? operation.path : undefined;
}

/** Whether what matches the wide pattern exactly, and the known path loosely, matches that exactly, too. */
function isWithin(wide: PathPattern, path: PathPattern): boolean {
  return (
    contains(wide, path) &&
    path.segments.every(
      (segment, at) => isParameter(segment) || isEqual(segment, wide.segments[at]),
    )
  );
}

const isParameter = ({ kind }: SegmentPattern): boolean => kind === 'parameter';
const isEqual = (a: SegmentPattern, b: SegmentPattern | undefined): boolean =>
  b !== undefined && JSON.stringify(a) === JSON.stringify(b);
const isSame = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

/** Without those that another, wider one says in the same words. */
function withoutSpare(rules: readonly PathRule[]): readonly PathRule[] {
  if (rules.length < 2) return rules;
  const unique = [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
  const wide = unique.flatMap((rule) => {
    const pattern = rule.path.includes('*') ? parsePattern(rule.path) : undefined;
    return pattern?.hasWildcards ? [{ rule, pattern }] : [];
  });
  if (wide.length === 0) return unique;
  return unique.filter((rule) => {
    const pattern = parsePattern(rule.path);
    return !wide.some((one) => one.rule !== rule && pattern && isSaidBy(rule, pattern, one));
  });
}

function isSaidBy(
  rule: PathRule,
  pattern: PathPattern,
  wide: { readonly rule: PathRule; readonly pattern: PathPattern },
): boolean {
  if (pattern.hasWildcards || !contains(wide.pattern, pattern)) return false;
  if (!isSame(rule.conditions, wide.rule.conditions)) return false;
  if (rule.because.length !== 1 || rule.because[0] !== wide.rule.because[0]) return false;
  return wide.rule.except.every((text) => {
    const other = parsePattern(text);
    return rule.except.includes(text) || (other && !overlapsLoosely(other, pattern));
  });
}
