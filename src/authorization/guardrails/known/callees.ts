import { compareText } from '../../../base/diagnostic.ts';
import type { Grant, Policy, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import {
  type OperationPattern,
  parseOperation,
  toOperationPattern,
} from '../../operations/index.ts';

/** An operation that requests can be for, unless it is `*`. */
export type KnownOperation = Exclude<OperationPattern, { kind: 'every' }>;

/** An endpoint of a callee, and how it comes over the wire. */
export interface KnownEndpoint {
  readonly endpoint: PolicyEndpoint;
  readonly operation: KnownOperation;
}

/** A grant, and what it is of. */
export interface ReadGrant {
  readonly grant: Grant;
  readonly operation: OperationPattern;
}

/** A callee with all that is known of it. */
export interface Callee {
  readonly service: PolicyService;
  readonly endpoints: readonly KnownEndpoint[];
  readonly grants: readonly ReadGrant[];
}

/** The callees of a policy, by id: their endpoints, and those that only grants without wildcards know of. */
export function calleesOf({ services, endpoints, grants }: Policy): Callee[] {
  const endpointsOf = Map.groupBy(endpoints, ({ service }) => service);
  const grantsOf = Map.groupBy(grants, ({ to }) => to);
  return services
    .toSorted((a, b) => compareText(a.id, b.id))
    .map((service) => {
      const read = (grantsOf.get(service.id) ?? []).flatMap(readGrant);
      const own = (endpointsOf.get(service.id) ?? []).flatMap((endpoint): KnownEndpoint[] => {
        const operation = toOperationPattern(endpoint);
        if (operation === undefined || operation.kind === 'every') return [];
        return [{ endpoint, operation }];
      });
      return {
        service,
        endpoints: [...own, ...grantedEndpoints(service, own, read)],
        grants: read,
      };
    });
}

function readGrant(grant: Grant): ReadGrant[] {
  const operation = parseOperation(grant.operation);
  return operation === undefined ? [] : [{ grant, operation }];
}

/** One for each operation that grants name and no endpoint is of; each has what its service has. */
function grantedEndpoints(
  service: PolicyService,
  own: readonly KnownEndpoint[],
  grants: readonly ReadGrant[],
): KnownEndpoint[] {
  const taken = new Set(own.map(({ operation }) => spotOf(operation)));
  const named = grants.flatMap(({ operation }) =>
    operation.kind === 'every' || hasWildcards(operation) ? [] : [operation],
  );
  const spots = Map.groupBy(named, spotOf);
  return [...spots].flatMap(([spot, all]): KnownEndpoint[] => {
    const [operation] = all;
    if (operation === undefined || taken.has(spot) || taken.has(everySpotOf(operation))) return [];
    const speltAs = [...all, ...(spots.get(everySpotOf(operation)) ?? [])].reduce(firstOf);
    return [{ operation, endpoint: toEndpoint(service, operation, speltAs) }];
  });
}

function hasWildcards(operation: KnownOperation): boolean {
  return operation.kind === 'http' && operation.path.hasWildcards;
}

/** Equal where two are the same to a request. */
function spotOf(operation: KnownOperation): string {
  return operation.kind === 'named'
    ? JSON.stringify([operation.protocol, operation.method, operation.name])
    : JSON.stringify(['http', operation.method, operation.path.shape]);
}

/** That of every method at the same path. */
function everySpotOf(operation: KnownOperation): string {
  return spotOf(operation.kind === 'named' ? operation : { ...operation, method: '*' });
}

const firstOf = (a: KnownOperation, b: KnownOperation) => (isBefore(b, a) ? b : a);

function isBefore(a: KnownOperation, b: KnownOperation): boolean {
  if (a.kind === 'named' || b.kind === 'named') return false;
  return a.isRpc === b.isRpc ? a.path.text < b.path.text : a.isRpc;
}

function toEndpoint(
  service: PolicyService,
  operation: KnownOperation,
  speltAs: KnownOperation,
): PolicyEndpoint {
  const { id, owner, criticality, sensitivity } = service;
  const has = { owner, criticality, sensitivity };
  const is = { deprecated: false, blocked: false };
  return { service: id, ...spell(operation, speltAs), ...has, ...is };
}

function spell(
  { method }: KnownOperation,
  speltAs: KnownOperation,
): Pick<PolicyEndpoint, 'protocol' | 'method' | 'template'> {
  if (speltAs.kind === 'named') {
    return { protocol: speltAs.protocol, method, template: speltAs.name };
  }
  const template = speltAs.path.text;
  if (speltAs.isRpc) return { protocol: 'grpc', method: 'RPC', template };
  return { protocol: 'http', method: method === '*' ? 'ANY' : method, template };
}
