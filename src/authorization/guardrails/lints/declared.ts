import type { Diagnostic } from '../../../base/diagnostic.ts';
import { quote } from '../../../base/fault.ts';
import type {
  Grant,
  GuardContext,
  GuardedCall,
  Guardrail,
  Policy,
  PolicyService,
} from '../../model/index.ts';
import { isWide, type OperationPattern } from '../../operations/index.ts';
import { CedarJudge } from '../judge/index.ts';
import {
  type Callee,
  calleesOf,
  coversPath,
  coversUnknown,
  type KnownEndpoint,
  type KnownOperation,
  type ReadGrant,
  sharesMethod,
} from '../known/index.ts';
import { placeIn } from './place.ts';

/** A declared call, and all that can be called by it. */
export interface DeclaredCall {
  readonly grant: Grant;
  readonly calls: readonly { readonly call: GuardedCall; readonly given: Partial<GuardContext> }[];
}

/** Calls that are looked at altogether; what is declared beyond them is not judged. */
const MAX_CALLS = 200_000;

/** The declared calls of a policy between services that there are. */
export function declaredCalls(policy: Policy): DeclaredCall[] {
  const services = new Map(policy.services.map((service) => [service.id, service]));
  let count = 0;
  return calleesOf(policy).flatMap((callee) => {
    const candidatesFor = candidatesOf(callee);
    return callee.grants.flatMap((read): DeclaredCall[] => {
      const caller = services.get(read.grant.from);
      const candidates = candidatesFor(read.operation);
      count += candidates.length;
      if (caller === undefined || count > MAX_CALLS) return [];
      return [callsOf(read, candidates, caller, callee)];
    });
  });
}

/** Finds the endpoints that an operation may cover: without wildcards, those of its own shape alone. */
function candidatesOf({ endpoints }: Callee) {
  const byShape = Map.groupBy(endpoints, ({ operation }) => shapeOf(operation));
  return (operation: OperationPattern): readonly KnownEndpoint[] =>
    operation.kind === 'every' || isWide(operation)
      ? endpoints
      : (byShape.get(shapeOf(operation)) ?? []);
}

const shapeOf = (operation: KnownOperation): string =>
  operation.kind === 'named' ? `${operation.protocol} ${operation.name}` : operation.path.shape;

function callsOf(
  { grant, operation }: ReadGrant,
  candidates: readonly KnownEndpoint[],
  caller: PolicyService,
  callee: Callee,
): DeclaredCall {
  const known = candidates
    .filter((one) => coversPath(operation, one.operation) && sharesMethod(operation, one.operation))
    .map(({ endpoint, operation: is }) => ({
      call: { caller, callee: callee.service, endpoint },
      given: givenBy(is),
    }));
  const unknown = { call: { caller, callee: callee.service, endpoint: undefined }, given: {} };
  return { grant, calls: coversUnknown(operation) ? [...known, unknown] : known };
}

/** What all requests for an endpoint have in common. A `HEAD` may go by `GET`. */
function givenBy(operation: KnownOperation): Partial<GuardContext> {
  if (operation.kind === 'named') {
    const { protocol, method, name } = operation;
    return { protocol, method, path: name };
  }
  const { method } = operation;
  return { protocol: 'http', ...(method !== '*' && method !== 'GET' && { method }) };
}

/** Declared calls that guardrails always forbid: whoever declares them should know. */
export function alwaysForbidden(
  declared: readonly DeclaredCall[],
  guardrails: readonly Guardrail[],
): Diagnostic[] {
  const judge = new CedarJudge(guardrails.filter(({ json }) => json !== undefined));
  return declared.flatMap(({ grant, calls }) => {
    const verdicts = calls.map(({ call, given }) => judge.standing(call, given));
    const [first] = verdicts;
    const isDenied = verdicts.every(
      (verdict) => verdict.kind === 'forbids' || verdict.kind === 'failed',
    );
    if (first === undefined || !isDenied) return [];
    const { id, reason = undefined } = first as { id: string; reason?: string | undefined };
    const { file, line, column } = grant.source;
    return [
      {
        severity: 'warning',
        code: 'guardrail/forbids-declared',
        message: `This call from ${quote(grant.from)} to ${quote(grant.to)} is declared, and the guardrail ${quote(id)} always forbids it${reason === undefined ? '' : `: ${reason}`}`,
        hint: 'take it out of the declaration, or have the guardrail let it through',
        ...(file !== undefined && { file }),
        ...(line !== undefined && { line }),
        ...(column !== undefined && { column }),
      },
    ];
  });
}

/** Questions that are asked altogether to compare guardrails; where there would be more, none is compared. */
const MAX_QUESTIONS = 200_000;

/** Guardrails that forbid some declared calls, each of which another forbids as well. */
export function contained(
  declared: readonly DeclaredCall[],
  guardrails: readonly Guardrail[],
): Diagnostic[] {
  const calls = declared.flatMap((one) => one.calls);
  if (calls.length * guardrails.length > MAX_QUESTIONS) return [];
  const usable = guardrails.filter(({ json }) => json !== undefined);
  const forbidden = usable.map((guardrail) => {
    const judge = new CedarJudge([guardrail]);
    const kinds = calls.map(({ call, given }) => judge.standing(call, given).kind);
    return new Set(kinds.flatMap((kind, index) => (kind === 'forbids' ? [index] : [])));
  });
  return usable.flatMap((guardrail, at) => {
    const own = forbidden[at] ?? new Set();
    if (own.size === 0) return [];
    const other = usable.find((_, index) => {
      const others = forbidden[index] ?? new Set();
      const isFirst = own.size < others.size || index < at;
      return index !== at && isFirst && own.isSubsetOf(others);
    });
    return other === undefined ? [] : [toNote(guardrail, other, own.size)];
  });
}

function toNote(guardrail: Guardrail, { id }: Guardrail, count: number): Diagnostic {
  const calls = count === 1 ? 'The one declared call' : `All ${count} declared calls`;
  return {
    severity: 'note',
    code: 'guardrail/contained',
    message: `${calls} that this guardrail forbids the guardrail ${quote(id)} forbids, too`,
    ...placeIn(guardrail),
  };
}
