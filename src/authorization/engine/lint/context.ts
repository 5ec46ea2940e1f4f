import type { Diagnostic } from '../../../base/diagnostic.ts';
import { nearestOf } from '../../../base/nearest.ts';
import type { Grant, Policy, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import {
  type OperationPattern,
  parseOperation,
  toOperationPattern,
} from '../../operations/index.ts';

/** A grant, read. */
export interface ReadGrant {
  readonly grant: Grant;
  readonly operation: OperationPattern | undefined;
}

/** An endpoint, and how it comes over the wire. */
export interface ReadEndpoint {
  readonly endpoint: PolicyEndpoint;
  readonly operation: KnownOperation;
}

export type KnownOperation = Exclude<OperationPattern, { kind: 'every' }>;

/** What lints look at. */
export interface LintContext {
  readonly policy: Policy;
  readonly services: ReadonlyMap<string, PolicyService>;
  /** In the order of their places. */
  readonly grants: readonly ReadGrant[];
  readonly grantsFrom: ReadonlyMap<string, readonly ReadGrant[]>;
  readonly endpointsOf: ReadonlyMap<string, readonly ReadEndpoint[]>;
  /** The endpoints of a service that an operation could be without wildcards, whatever their methods. */
  readonly alike: (service: string, operation: KnownOperation) => readonly ReadEndpoint[];
  /** Whether so many more comparisons may be made. Those of all lints together end somewhere. */
  readonly spend: (comparisons: number) => boolean;
  /** What somebody most likely meant. Looking takes long, and so ends after a number of words. */
  readonly suggest: (word: string, known: Iterable<string>) => string | undefined;
}

const MAX_SUGGESTIONS = 200;
/** Some seconds of one core. */
const MAX_COMPARISONS = 5_000_000;

export function toContext(policy: Policy): LintContext {
  const grants = policy.grants
    .toSorted(byPlace)
    .map((grant) => ({ grant, operation: parseOperation(grant.operation) }));
  const endpoints = policy.endpoints.flatMap(readEndpoint);
  const byShape = Map.groupBy(endpoints, (one) => shapeKey(one.endpoint.service, one.operation));
  return {
    policy,
    services: new Map(policy.services.map((service) => [service.id, service])),
    grants,
    grantsFrom: Map.groupBy(grants, ({ grant }) => grant.from),
    endpointsOf: Map.groupBy(endpoints, ({ endpoint }) => endpoint.service),
    alike: (service, operation) => byShape.get(shapeKey(service, operation)) ?? [],
    spend: spender(),
    suggest: suggester(),
  };
}

const shapeKey = (service: string, operation: KnownOperation): string =>
  `${service} ${operation.kind === 'named' ? `${operation.method} ${operation.name}` : operation.path.shape}`;

function spender(): LintContext['spend'] {
  let left = MAX_COMPARISONS;
  return (comparisons) => {
    left -= comparisons;
    return left >= 0;
  };
}

function readEndpoint(endpoint: PolicyEndpoint): ReadEndpoint[] {
  const operation = toOperationPattern(endpoint);
  return operation && operation.kind !== 'every' ? [{ endpoint, operation }] : [];
}

function suggester(): LintContext['suggest'] {
  let left = MAX_SUGGESTIONS;
  return (word, known) => (left-- > 0 ? nearestOf(word, known) : undefined);
}

function byPlace({ source: a }: Grant, { source: b }: Grant): number {
  const [fileA, fileB] = [a.file ?? '', b.file ?? ''];
  if (fileA !== fileB) return fileA < fileB ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** A diagnostic of the line that declares a grant. */
export function aboutGrant(
  { source: { file, line, column } }: Grant,
  what: Pick<Diagnostic, 'severity' | 'code' | 'message' | 'hint'>,
): Diagnostic {
  return {
    ...what,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}
