import { compareDiagnostics, compareText, type Diagnostic } from '../../base/diagnostic.ts';
import { quote } from '../../base/fault.ts';
import { type NearestOf, nearestOfFew } from '../../base/nearest.ts';
import { grouped } from '../../base/text.ts';
import type { GroupDefinition, PolicySources } from '../../estate/index.ts';
import type { Guardrail, PolicyService } from '../model/index.ts';
import { ownedGroups } from './group-owners.ts';
import { groupsIn } from './names.ts';
import { type Reachability, reachable } from './reachable.ts';
import { placeOfSource } from './source-place.ts';

export interface ResolvedGroups {
  /** The names of all groups that a service is in, directly or by others, in order; by the service's id. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Those that were given; where nobody knows all who are in a group that one speaks of, it cannot be used. */
  readonly guardrails: readonly Guardrail[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What groups are told apart by. */
type Named = Pick<PolicyService, 'id' | 'name' | 'namespace'>;

const MAX_GROUPS = 1_000;

/** Who is in which group. Services of a group that is in another are in that one, too; groups in a circle have all of
 *  each other's services. Whose word counts about a group depends on the guardrails that speak of it (`ownedGroups`).
 *  Names that nothing has are reported, and so are circles. */
export function resolveGroups(
  sources: Pick<PolicySources, 'groups' | 'groupsUnread'>,
  services: readonly Named[],
  guardrails: readonly Guardrail[],
): ResolvedGroups {
  const owned = ownedGroups(sources, guardrails);
  const diagnostics = [...owned.diagnostics];
  const byName = Map.groupBy(
    owned.definitions.toSorted((a, b) => compareText(a.name, b.name)),
    ({ name }) => name,
  );
  const names = [...byName.keys()];
  if (names.length > MAX_GROUPS) diagnostics.push(tooMany(byName, names.splice(MAX_GROUPS)));
  const numberOf = new Map(names.map((name, index) => [name, index]));
  const parts = names.map((name) => byName.get(name) ?? []);
  const inner = parts.map((all) =>
    all.flatMap(({ groups }) => groups.flatMap(({ name }) => numberOf.get(name) ?? [])),
  );
  const graph = reachable(inner);
  for (const circle of graph.circles) diagnostics.push(circleOf(circle, names, parts));
  const nearestOf = nearestOfFew();
  const isIn = directMembers(parts, services, nearestOf, diagnostics);
  for (const all of parts) {
    for (const { groups } of all)
      diagnostics.push(...groups.flatMap(unknownGroup(numberOf, nearestOf)));
  }
  const problemOf = (name: string): string | undefined =>
    byName.size > MAX_GROUPS ? TOO_MANY : owned.problems.get(name);
  const judged = guardrails.map((one) => usable(one, problemOf));
  diagnostics.push(...judged.flatMap((one, index) => unusable(one, guardrails[index])));
  return {
    groups: membersOf(services, isIn, graph, names),
    guardrails: judged,
    diagnostics: diagnostics.sort(compareDiagnostics),
  };
}

const TOO_MANY = `there are more than ${grouped(MAX_GROUPS)} groups`;

/** A guardrail, without what it says where it is not known of whom it says it. */
function usable(guardrail: Guardrail, problemOf: (group: string) => string | undefined): Guardrail {
  for (const name of groupsIn(guardrail)) {
    const why = problemOf(name);
    if (why === undefined) continue;
    const problem = `it speaks of the group ${quote(name)}, and who is in it is not known: ${why}`;
    return { ...guardrail, json: undefined, problem };
  }
  return guardrail;
}

function unusable(after: Guardrail, before: Guardrail | undefined): Diagnostic[] {
  if (after === before) return [];
  const { id, problem = '', file, line, column } = after;
  return [
    {
      severity: 'error',
      code: 'guardrail/group-unknown',
      message: `The guardrail ${quote(id)} cannot be used: ${problem}. Until that is mended, every call is denied`,
      hint: 'define the group once, in the folder of the guardrails that speak of it',
      ...{ file, line, ...(column !== undefined && { column }) },
    },
  ];
}

/** Of each service, the numbers of the groups that name it. */
function directMembers(
  parts: readonly (readonly GroupDefinition[])[],
  services: readonly Named[],
  nearestOf: NearestOf,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const byName = Map.groupBy(services, ({ name }) => name);
  const isIn = new Map<string, Set<number>>();
  for (const [number, all] of parts.entries()) {
    for (const said of all.flatMap((one) => one.services)) {
      const meant = (byName.get(said.name) ?? []).filter(
        ({ namespace }) => said.namespace === undefined || said.namespace === namespace,
      );
      if (meant.length === 0) diagnostics.push(unknownService(said, byName, nearestOf));
      for (const { id } of meant) {
        const numbers = isIn.get(id);
        if (numbers === undefined) isIn.set(id, new Set([number]));
        else numbers.add(number);
      }
    }
  }
  return isIn;
}

function membersOf(
  services: readonly Named[],
  isIn: ReadonlyMap<string, ReadonlySet<number>>,
  graph: Reachability,
  names: readonly string[],
): Map<string, readonly string[]> {
  const numbers = [...names.keys()];
  const outer = numbers.map((one) =>
    numbers.filter((other) => other === one || graph.leadsTo(other, one)),
  );
  const groups = new Map<string, readonly string[]>();
  for (const { id } of services) {
    const direct = isIn.get(id);
    if (direct === undefined) continue;
    const all = new Set([...direct].flatMap((number) => outer[number] ?? []));
    groups.set(
      id,
      [...all].sort((a, b) => a - b).map((number) => names[number] ?? ''),
    );
  }
  return groups;
}

function unknownGroup(known: ReadonlyMap<string, number>, nearestOf: NearestOf) {
  return ({ name, source }: GroupDefinition['groups'][number]): Diagnostic[] => {
    if (known.has(name)) return [];
    const nearest = nearestOf(name, known.keys());
    return [
      {
        severity: 'error',
        code: 'group/group-not-found',
        message: `There is no group ${quote(name)}, so not all who are in this one are known`,
        hint: nearest === undefined ? 'define it' : `did you mean ${quote(nearest)}?`,
        ...placeOfSource(source),
      },
    ];
  };
}

function unknownService(
  { name, namespace, source }: GroupDefinition['services'][number],
  known: ReadonlyMap<string, unknown>,
  nearestOf: NearestOf,
): Diagnostic {
  const said = namespace === undefined ? name : `${namespace}/${name}`;
  const nearest = known.has(name) ? undefined : nearestOf(name, known.keys());
  return {
    severity: 'warning',
    code: 'group/service-not-found',
    message: `There is no service ${quote(said)}`,
    hint:
      nearest === undefined ? 'remove it, or add the service' : `did you mean ${quote(nearest)}?`,
    ...placeOfSource(source),
  };
}

function circleOf(
  circle: readonly number[],
  names: readonly string[],
  parts: readonly (readonly GroupDefinition[])[],
): Diagnostic {
  const spelt = [...circle, circle[0] ?? 0].map((number) => quote(names[number])).join(' → ');
  const [first = 0, second = first] = circle;
  const said = parts[first]?.flatMap(({ groups }) => groups) ?? [];
  const source = said.find(({ name }) => name === names[second])?.source;
  return {
    severity: 'error',
    code: 'group/circular-invalid',
    message: `Groups are in each other: ${spelt}. Each of them has the services of all`,
    hint: 'take one of them out of another',
    ...(source !== undefined && placeOfSource(source)),
  };
}

function tooMany(
  byName: ReadonlyMap<string, readonly GroupDefinition[]>,
  [first = '']: readonly string[],
): Diagnostic {
  const [definition] = byName.get(first) ?? [];
  return {
    severity: 'error',
    code: 'group/too-many',
    message: `There are more than ${grouped(MAX_GROUPS)} groups; those from ${quote(first)} on, by name, have nobody in them, and guardrails that speak of any group deny every call`,
    hint: 'put services into fewer groups',
    ...(definition !== undefined && placeOfSource(definition.source)),
  };
}
