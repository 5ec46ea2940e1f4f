import { compareText, toPlace } from '../../../base/diagnostic.ts';
import {
  type Callee,
  coversPath,
  coversUnknown,
  ENTITY_TYPES,
  endpointIdOf,
  type KnownEndpoint,
  type ReadGrant,
  unknownEndpointId,
} from '../../guardrails/index.ts';
import type { Grant } from '../../model/index.ts';
import type { OperationPattern } from '../../operations/index.ts';
import type { Notice } from '../compiled.ts';
import { pathCondition } from './below-wildcards.ts';
import { entityText, policyText, stringText } from './text.ts';

/** What grants of one callee come to: policies, by their ids, and what they cannot say. */
export interface Permits {
  readonly policies: readonly string[];
  readonly notices: readonly Notice[];
}

export function permitsOf(callee: Callee): Permits {
  const byText = Map.groupBy(callee.grants, ({ grant }) => idOf(grant));
  const made = [...byText]
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, same]) => permitOf(callee, id, same));
  return {
    policies: made.flatMap(({ policies }) => policies),
    notices: made.flatMap(({ notices }) => notices),
  };
}

function idOf({ from, to, operation }: Grant): string {
  return `${from} -> ${to} ${operation}`;
}

/** One call that is declared, in one place or several. */
function permitOf(callee: Callee, id: string, same: readonly ReadGrant[]): Permits {
  const [first] = same;
  if (first === undefined) return { policies: [], notices: [] };
  const { grant, operation } = first;
  const places = [...new Set(same.map(({ grant: { source } }) => toPlace(source)))].sort();
  const permit = (part: string, resource: string, conditions: readonly string[]) =>
    policyText(
      { id: `${id}${part}`, source: places.join(', ') },
      'permit',
      { principal: entityText(ENTITY_TYPES.service, grant.from), resource },
      conditions,
    );
  if (operation.kind === 'every') {
    const all = `in ${entityText(ENTITY_TYPES.service, callee.service.id)}`;
    return { policies: [permit('', all, [])], notices: [] };
  }
  const known = knownConditions(callee, operation).map(([part, conditions]) =>
    permit(part, 'is Reeve::Endpoint', conditions),
  );
  if (operation.kind !== 'http' || !coversUnknown(operation)) {
    return { policies: known, notices: [] };
  }
  const path = pathCondition(operation.path);
  if (path === undefined) return { policies: known, notices: [noticeOf(callee, grant)] };
  const unknown = entityText(ENTITY_TYPES.endpoint, unknownEndpointId(callee.service));
  const below = permit(' (unknown paths)', `== ${unknown}`, [
    ...['!resource.known', 'context.protocol == "http"'],
    ...(operation.method === '*' ? [] : [takenAs(operation.method)]),
    ...path,
  ]);
  return { policies: [...known, below], notices: [] };
}

/** Of the known endpoints that an operation covers: those that it covers whatever the method, and those of every method
 *  that it covers for one. */
function knownConditions(callee: Callee, operation: OperationPattern): [string, string[]][] {
  const covered = callee.endpoints.filter((known) => coversPath(operation, known.operation));
  const all = covered.filter((known) => methodOf(known) === methodOf({ operation }));
  const ofEvery = covered.filter((known) => methodOf(known) === '*');
  const ofAny = methodOf({ operation }) === '*';
  const whole = ofAny ? covered : all;
  const parts: [string, string[]][] = [];
  if (whole.length > 0) parts.push(['', [isOneOf(whole)]]);
  if (!ofAny && ofEvery.length > 0) {
    const method = methodOf({ operation });
    parts.push([' (endpoints of every method)', [isOneOf(ofEvery), takenAs(method)]]);
  }
  return parts;
}

function methodOf({ operation }: Pick<ReadGrant, 'operation'>): string {
  return operation.kind === 'every' ? '*' : operation.method;
}

function takenAs(method: string): string {
  return `context.taken == ${stringText(method)}`;
}

function isOneOf(known: readonly KnownEndpoint[]): string {
  const ids = new Set(known.map(({ endpoint }) => endpointIdOf(endpoint)));
  const entities = [...ids].sort().map((id) => entityText(ENTITY_TYPES.endpoint, id));
  return `resource in [${entities.join(', ')}]`;
}

function noticeOf({ service }: Callee, { from, operation, source }: Grant): Notice {
  return {
    service: service.id,
    caller: from,
    operation,
    effect: 'denied',
    message:
      'Cedar has no words for this pattern of paths: known paths that it covers are permitted, and others are denied.',
    source,
  };
}
