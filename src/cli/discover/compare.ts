import { meansOperation, shapeOf } from '../../inventory/index.ts';
import type { Prior } from '../../inventory/templates/index.ts';
import type {
  Comparison,
  DeclaredOperation,
  DiscoveredEndpoint,
  UnseenOperation,
} from './discovery.ts';

/** One specification with what is known of whose it is. */
export interface Specification {
  readonly file: string;
  /** Names that the service may go by, the surest first. */
  readonly names: readonly string[];
  /** A person said whose it is. */
  readonly isNamed: boolean;
  readonly operations: readonly DeclaredOperation[];
}

/** The specification's operations under the paths that the service is asked by. */
export interface AssignedSpecification {
  readonly service: string | null;
  readonly operations: readonly DeclaredOperation[];
}

interface Seen {
  readonly service: string;
  readonly protocol: string;
  readonly method: string;
  readonly template: string;
}

/** Finds the service that each specification is of: by name, else the one whose traffic meets the most
 *  of its operations. */
export function assign(
  specifications: readonly Specification[],
  seen: readonly Seen[],
): AssignedSpecification[] {
  const byService = Map.groupBy(seen, ({ service }) => service);
  return specifications.map((specification) => {
    const named = serviceByName(specification, [...byService.keys()]);
    const candidates = named === undefined ? [...byService.keys()] : [named];
    const best = candidates
      .map((service) => ({
        service,
        ...meeting(specification.operations, byService.get(service) ?? []),
      }))
      .sort((a, b) => b.met - a.met || (a.service < b.service ? -1 : 1))[0];
    if (best === undefined || (named === undefined && best.met === 0)) {
      return { service: null, operations: specification.operations };
    }
    return { service: best.service, operations: best.operations };
  });
}

function serviceByName(
  { names, isNamed }: Specification,
  services: readonly string[],
): string | undefined {
  for (const name of names) {
    const found =
      services.find((service) => service === name) ??
      services.find((service) => looseName(service) === looseName(name));
    if (found !== undefined) return found;
  }
  // A name that nobody has seen: the service has no traffic.
  return isNamed ? names[0] : undefined;
}

/** `Orders API`, `orders-service`, `shop/orders` and `orders.shop.svc.cluster.local:8080` are all
 *  `orders`. */
function looseName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  const host = last.split(/[.:]/, 1)[0] ?? last;
  return host
    .trim()
    .replace(/[\s_-]+/g, '-')
    .replace(/-(?:api|service|svc|openapi|spec)$/, '');
}

/** How many operations were asked for, as they are declared, or without the base path that a gateway
 *  takes away. */
function meeting(
  operations: readonly DeclaredOperation[],
  seen: readonly Seen[],
): { readonly met: number; readonly operations: readonly DeclaredOperation[] } {
  const asDeclared = metBy(operations, seen);
  if (asDeclared > 0) return { met: asDeclared, operations };
  const base = commonBase(operations);
  if (base === '') return { met: 0, operations };
  const moved = operations.map((one) => ({
    ...one,
    template: one.template.slice(base.length) || '/',
  }));
  const met = metBy(moved, seen);
  return met * 2 >= operations.length ? { met, operations: moved } : { met: 0, operations };
}

function metBy(operations: readonly DeclaredOperation[], seen: readonly Seen[]): number {
  const byLength = Map.groupBy(seen, lengthOf);
  return operations.filter((operation) =>
    byLength.get(lengthOf(operation))?.some((one) => isMet(operation, one)),
  ).length;
}

function lengthOf({ template }: { readonly template: string }): number {
  return template.split('/').length;
}

function isMet({ protocol, method, template }: DeclaredOperation, seen: Seen): boolean {
  return (
    protocol === seen.protocol &&
    meansOperation(`${seen.method} ${seen.template}`, method, template)
  );
}

/** Whole literal segments that all templates begin with and that none consists of. */
function commonBase(operations: readonly DeclaredOperation[]): string {
  const [first, ...rest] = operations
    .filter(({ protocol }) => protocol === 'http')
    .map(({ template }) => template.split('/'));
  if (first === undefined || rest.length === 0 || rest.length + 1 < operations.length) return '';
  const longest = Math.min(first.length, ...rest.map(({ length }) => length)) - 1;
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

/** What is known of a service's templates before its traffic is looked at. */
export function priorsOf(
  assigned: readonly AssignedSpecification[],
  service: string,
): readonly Prior[] {
  return assigned
    .filter((one) => one.service === service)
    .flatMap(({ operations }) => operations)
    .filter(({ protocol }) => protocol === 'http')
    .map(({ method, template }) => ({
      from: 'specification',
      template,
      ...(method !== 'ANY' && { method }),
    }));
}

/** Sets what was discovered against what is declared. */
export function compare(
  endpoints: readonly DiscoveredEndpoint[],
  assigned: readonly AssignedSpecification[],
): { readonly endpoints: DiscoveredEndpoint[]; readonly comparison: Comparison } {
  const declared = new Map<string, UnseenOperation>();
  for (const { service, operations } of assigned) {
    for (const operation of operations) {
      declared.set(keyOf(service, operation), { ...operation, service });
    }
  }
  const met = new Set<string>();
  const judged = endpoints.map((endpoint) => {
    const keys = [endpoint.method, 'ANY']
      .map((method) => keyOf(endpoint.service, { ...endpoint, method }))
      .filter((key) => declared.has(key));
    for (const key of keys) met.add(key);
    return { ...endpoint, status: keys.length > 0 ? 'declared' : 'shadow' } as const;
  });
  const shadow = judged.filter(({ status }) => status === 'shadow').length;
  const unseen = [...declared].filter(([key]) => !met.has(key)).map(([, operation]) => operation);
  const comparison = {
    declared: declared.size,
    discovered: judged.length,
    matched: judged.length - shadow,
    shadow,
    beyondDeclared: declared.size === 0 ? 0 : Math.round((shadow / declared.size) * 1_000) / 1_000,
    unseen,
  };
  return { endpoints: judged, comparison };
}

function keyOf(
  service: string | null,
  { protocol, method, template }: Pick<DeclaredOperation, 'protocol' | 'method' | 'template'>,
): string {
  const shape = protocol === 'http' ? shapeOf(template) : template;
  return `${service ?? ''} ${protocol} ${method === 'HEAD' ? 'GET' : method} ${shape}`;
}
