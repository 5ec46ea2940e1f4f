import { compareText } from '../base/diagnostic.ts';
import {
  type CallRecord,
  type Criticality,
  type Endpoint,
  type EndpointRecord,
  endpointId,
  type Location,
  type OwnerClaim,
  type Records,
  type ServiceRecord,
  type Source,
  strongestOwner,
  type Tag,
} from '../estate/index.ts';
import { classify } from './classification.ts';
import { covers, meansOperation, shapeOf } from './shape.ts';

/** Brings together what is declared, configured, implemented and observed: one endpoint for each
 *  service, protocol, method and shape of template, with its status.
 *
 *  - shadow: there is reason to believe that it exists, and no declaration;
 *  - zombie: deprecated or of a retired service, and still called;
 *  - dormant: declared, but neither implemented nor observed;
 *  - unowned: declared and alive, but nobody answers for it;
 *  - governed: the rest.
 *
 *  What only the platform calls (probes, metrics) is declared by the probe that calls it. */
export function reconcile(records: Records): Endpoint[] {
  const services = new Map(records.services.map((service) => [service.id, service]));
  const calls = groupBy(records.calls, (call) => call.to);
  const byService = groupBy(records.endpoints, (endpoint) => endpoint.service);
  return [...byService]
    .flatMap(([id, endpoints]) =>
      merge(endpoints).map((group) => toEndpoint(group, services.get(id), calls.get(id) ?? [])),
    )
    .sort((a, b) => compareText(a.id, b.id));
}

/** Records of one endpoint under several spellings. */
function merge(endpoints: readonly EndpointRecord[]): EndpointRecord[][] {
  const aligned = alignBasePath(endpoints);
  const groups = groupBy(
    endpoints,
    (record) =>
      `${record.protocol} ${record.method} ${aligned.get(record) ?? shapeOf(record.template)}`,
  );
  for (const [key, group] of groups) spreadAny(groups, key, group);
  const found = [...groups.values()].filter((group) => group.length > 0);
  return withoutAlternatives(found);
}

/** A specification that names servers with several base paths declares one operation under each of
 *  them, at one place. Where the service is found to answer at some, the others are other addresses
 *  of the same endpoint (a gateway's, a developer's machine) and not dormant ones. */
function withoutAlternatives(groups: readonly EndpointRecord[][]): EndpointRecord[][] {
  const isFound = (group: readonly EndpointRecord[]): boolean =>
    group.some(({ sources }) => sources.some(({ how }) => how !== 'declared'));
  const answered = new Set(groups.filter(isFound).flatMap(operationsOf));
  return groups.filter((group) => {
    const operations = operationsOf(group);
    const isAlternative = operations.length > 0 && operations.every((key) => answered.has(key));
    return isFound(group) || !isAlternative;
  });
}

/** Where operations of specifications are declared, with their methods. */
function operationsOf(group: readonly EndpointRecord[]): string[] {
  return group.flatMap(({ method, sources }) =>
    sources
      .filter(({ reader, how }) => reader === 'openapi' && how === 'declared')
      .map(({ file, line, column }) => `${method} ${file}:${line}:${column}`),
  );
}

/** Code that takes every method (`ANY /x`) implements each declared method of the same path. */
function spreadAny(
  groups: Map<string, EndpointRecord[]>,
  key: string,
  group: EndpointRecord[],
): void {
  const [protocol, method, shape] = key.split(' ');
  if (method !== 'ANY') return;
  const others = [...groups].filter(([other]) => {
    const [otherProtocol, otherMethod, otherShape] = other.split(' ');
    return otherProtocol === protocol && otherMethod !== 'ANY' && otherShape === shape;
  });
  if (others.length === 0) return;
  for (const [, other] of others) other.push(...group);
  group.length = 0;
}

/** Specifications often carry a base path that a gateway strips before the code sees it (or the
 *  other way round). Where no declared path meets an implemented one as written, but at least half of
 *  the declared ones do once a common prefix is taken away, the prefix is that base path.
 *  Returns the shape that each moved record is compared by. */
function alignBasePath(endpoints: readonly EndpointRecord[]): Map<EndpointRecord, string> {
  const http = endpoints.filter((record) => record.protocol === 'http' && !record.operational);
  const declared = http.filter((record) => record.sources.some(({ how }) => how === 'declared'));
  const others = http.filter((record) => record.sources.some(({ how }) => how !== 'declared'));
  const moved = new Map<EndpointRecord, string>();
  for (const [from, to] of [
    [declared, others],
    [others, declared],
  ] as const) {
    const targets = new Set(to.map(keyOf));
    if (moved.size > 0 || from.some((record) => targets.has(keyOf(record)))) continue;
    const prefix = basePathOf(from, targets);
    for (const record of prefix === undefined ? [] : from) moved.set(record, under(prefix, record));
  }
  return moved;
}

/** Of all prefixes that the templates share, the one without which most of them, and at least half,
 *  meet a target: resources of one name (`/shop/items`, `/shop/items/{id}`) share more than the base
 *  path. */
function basePathOf(
  records: readonly EndpointRecord[],
  targets: ReadonlySet<string>,
): string | undefined {
  let best: { prefix: string; hits: number } | undefined;
  const common = commonPrefix(records.map((record) => record.template));
  for (let prefix = common; prefix !== ''; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
    const hits = records.filter((record) =>
      targets.has(`${record.method} ${under(prefix, record)}`),
    ).length;
    if (hits * 2 >= records.length && hits > (best?.hits ?? 0)) best = { prefix, hits };
  }
  return best?.prefix;
}

/** The shape of a record's template without a prefix of it. */
function under(prefix: string | undefined, { template }: EndpointRecord): string {
  return shapeOf(template.slice(prefix?.length ?? 0) || '/');
}

function keyOf(record: EndpointRecord): string {
  return `${record.method} ${shapeOf(record.template)}`;
}

/** The longest run of whole literal segments that all templates begin with and that none consists of;
 *  nothing for a single template, whose base path cannot be told. */
function commonPrefix(templates: readonly string[]): string {
  const [first, ...rest] = templates.map((template) => template.split('/'));
  if (!first || rest.length === 0) return '';
  const longest = Math.min(first.length, ...rest.map((segments) => segments.length)) - 1;
  let length = 0;
  while (
    length < longest &&
    !first[length]?.includes('{') &&
    rest.every((segments) => segments[length] === first[length])
  ) {
    length++;
  }
  return first.slice(0, length).join('/');
}

function toEndpoint(
  group: readonly EndpointRecord[],
  service: ServiceRecord | undefined,
  calls: readonly CallRecord[],
): Endpoint {
  const best = [...group].sort(
    (a, b) => spellingRank(a) - spellingRank(b) || compareText(a.id, b.id),
  )[0];
  if (!best) throw new RangeError('an endpoint needs at least one record');
  const { protocol, method, template } = best;
  const sources = group.flatMap((record) => record.sources);
  const deprecated = group.some((record) => record.deprecated);
  const owner = strongestOwner(claims(group, service));
  const named = calls.filter(
    (call) => call.operation !== '*' && meansOperation(call.operation, method, template),
  );
  const isOperational = group.some((record) => record.operational);
  const traits = {
    declaredIn: placesOf(sources, 'declared'),
    configuredIn: [
      ...placesOf(sources, 'configured'),
      ...routedBy(service, protocol, method, template),
    ],
    implementedIn: placesOf(sources, 'implemented'),
    observed: sources.some(({ how }) => how === 'observed'),
    deprecated,
  };
  return {
    id: endpointId(best.service, protocol, method, template),
    service: best.service,
    protocol,
    method,
    template,
    ...traits,
    status: statusOf(traits, sources, owner, service, named.length > 0, isOperational),
    owner: owner?.owner ?? null,
    sensitivity: sensitivityOf(group, service),
    criticality: criticalityOf(group, service),
    criticalityBecause: null,
    visibility: 'shown',
    traffic: null,
    changes: [],
    blocked: false,
    decisions: [],
    review: null,
    elsewhere: [],
  };
}

/** The declared spelling is the one people know. */
function spellingRank({ sources, method }: EndpointRecord): number {
  if (method === 'ANY') return 9;
  return Math.min(
    ...sources.map(({ how }) => ['declared', 'implemented', 'configured', 'observed'].indexOf(how)),
  );
}

function statusOf(
  traits: Pick<Endpoint, 'declaredIn' | 'implementedIn' | 'observed' | 'deprecated'>,
  sources: readonly Source[],
  owner: OwnerClaim | undefined,
  service: ServiceRecord | undefined,
  called: boolean,
  isOperational: boolean,
): Endpoint['status'] {
  const isDeclared =
    sources.some(({ how }) => how === 'declared') ||
    (isOperational && sources.some(({ how }) => how === 'configured'));
  if (!isDeclared) return 'shadow';
  const isRetired = traits.deprecated || service?.retired === true;
  if (isRetired && (traits.observed || called)) return 'zombie';
  const isFound = traits.implementedIn.length > 0 || traits.observed || isOperational;
  if (!isFound) return 'dormant';
  return owner ? 'governed' : 'unowned';
}

function claims(
  group: readonly EndpointRecord[],
  service: ServiceRecord | undefined,
): OwnerClaim[] {
  const own = group.flatMap((record) => record.owner ?? []);
  return own.length > 0 ? own : service?.owner ? [service.owner] : [];
}

function routedBy(
  service: ServiceRecord | undefined,
  protocol: string,
  method: string,
  template: string,
): Location[] {
  if (protocol !== 'http') return [];
  return (service?.routes ?? [])
    .filter(
      (route) =>
        (route.methods.length === 0 || route.methods.includes(method)) &&
        covers(route.rewrittenTo ?? route.path, route.match, template),
    )
    .flatMap(({ source }) => toLocation(source));
}

function placesOf(sources: readonly Source[], how: Source['how']): Location[] {
  return sources.filter((source) => source.how === how).flatMap(toLocation);
}

function toLocation({ file, line, column }: Source): Location[] {
  return file === undefined
    ? []
    : [{ file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }];
}

/** A person's and a declaration's tags come first; the service's own count for what it serves. */
function sensitivityOf(
  group: readonly EndpointRecord[],
  service: ServiceRecord | undefined,
): Tag[] {
  if (group.some((record) => record.operational)) return [];
  const tags = [
    ...group.flatMap((record) => record.sensitivity),
    ...classify(
      group.map((record) => record.template).join(' '),
      group.flatMap((record) => record.fields),
    ),
    ...(service?.sensitivity ?? []),
  ];
  const byTag = new Map<string, Tag>();
  for (const tag of tags) if (!byTag.has(tag.tag)) byTag.set(tag.tag, tag);
  return [...byTag.values()].sort((a, b) => compareText(a.tag, b.tag));
}

function criticalityOf(
  group: readonly EndpointRecord[],
  service: ServiceRecord | undefined,
): Criticality | null {
  return group.find((record) => record.criticality)?.criticality ?? service?.criticality ?? null;
}

function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
