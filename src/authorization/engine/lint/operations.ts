import type { Diagnostic } from '../../../base/diagnostic.ts';
import { quote } from '../../../base/fault.ts';
import {
  contains,
  containsLoosely,
  EVERY_METHOD,
  isWide,
  type OperationPattern,
  operationText,
  sameShape,
} from '../../operations/index.ts';
import { aboutGrant, type KnownOperation, type LintContext, type ReadGrant } from './context.ts';

/** Operations that cannot be read. */
export function unreadableOperations({ grants }: LintContext): Diagnostic[] {
  return grants.flatMap(({ grant, operation }) =>
    operation
      ? []
      : [
          aboutGrant(grant, {
            severity: 'error',
            code: 'authorization/operation-malformed',
            message: `${quote(grant.operation)} is no operation, and allows nothing`,
            hint: 'write it as `GET /orders/{id}`, `GET /v1/**`, `package.Service/Method`, `QUERY field` or `*`',
          }),
        ],
  );
}

/** Operations that none of a callee's endpoints has, where its endpoints are known; and such as no request can be for. */
export function unknownOperations(context: LintContext): Diagnostic[] {
  const { grants, endpointsOf, alike, spend, suggest } = context;
  return grants.flatMap(({ grant, operation }) => {
    if (!operation || operation.kind === 'every') return [];
    if (isDeadHead(operation)) return [deadHead(grant)];
    if (alike(grant.to, operation).some((one) => covers(operation, one.operation, false)))
      return [];
    const endpoints = endpointsOf.get(grant.to) ?? [];
    if (endpoints.length === 0 || !spend(endpoints.length)) return [];
    const known = endpoints.map((one) => one.operation);
    if (known.some((one) => covers(operation, one, false))) return [];
    const spelt = known.find((one) => covers(operation, one, true));
    const near = spelt ? textOf(spelt) : suggest(grant.operation, known.map(textOf));
    return [
      aboutGrant(grant, {
        severity: 'warning',
        code: spelt ? 'authorization/operation-spelt-otherwise' : 'authorization/operation-unknown',
        message: spelt
          ? `${quote(grant.operation)} differs from ${quote(textOf(spelt))} of ${quote(grant.to)} in case alone: requests for either are denied to whoever declares only one`
          : `${quote(grant.to)} has no ${quote(grant.operation)}`,
        ...(near !== undefined && { hint: `did you mean ${quote(near)}?` }),
      }),
    ];
  });
}

/** `HEAD` goes by `GET` but where a path is known for `HEAD`, which wildcards make none. */
const isDeadHead = (operation: KnownOperation): boolean =>
  operation.kind === 'http' && operation.method === 'HEAD' && operation.path.hasWildcards;

const deadHead = (grant: ReadGrant['grant']): Diagnostic =>
  aboutGrant(grant, {
    severity: 'warning',
    code: 'authorization/operation-unmatched',
    message: `${quote(grant.operation)} matches next to nothing: \`HEAD\` goes by \`GET\` where it is not known by itself`,
    hint: 'declare the same with `GET`',
  });

/** Whether a declared operation is one of an endpoint. */
function covers(operation: KnownOperation, known: KnownOperation, isLoose: boolean): boolean {
  if (operation.kind === 'named' || known.kind === 'named') {
    return (
      operation.kind === 'named' && known.kind === 'named' && textOf(operation) === textOf(known)
    );
  }
  const methods = [operation.method, known.method];
  // HEAD of what is known by GET is as good as known.
  const isOfMethod =
    methods[0] === methods[1] ||
    methods.includes(EVERY_METHOD) ||
    (methods[0] === 'HEAD' && methods[1] === 'GET');
  if (!isOfMethod) return false;
  if (isLoose)
    return (
      containsLoosely(operation.path, known.path) && containsLoosely(known.path, operation.path)
    );
  return isWide(operation)
    ? contains(operation.path, known.path) || contains(known.path, operation.path)
    : sameShape(operation.path, known.path) || isWithin(known, operation);
}

/** An endpoint that takes the rest of a path has whatever is below it. */
const isWithin = (known: KnownOperation, operation: KnownOperation): boolean =>
  known.kind === 'http' &&
  operation.kind === 'http' &&
  known.path.rest !== 'none' &&
  contains(known.path, operation.path);

const textOf = (operation: KnownOperation): string =>
  operation.kind === 'named'
    ? `${operation.method} ${operation.name}`
    : operationText(operation.method, operation.path.text, operation.isRpc);

/** Wide grants of one caller and callee that others are compared with. */
const MAX_WIDE = 100;

/** Grants that another one of the same caller makes superfluous. */
export function redundantGrants({ grants }: LintContext): Diagnostic[] {
  const pairs = Map.groupBy(grants, ({ grant: { from, to } }) => JSON.stringify([from, to]));
  return [...pairs.values()].flatMap((declared) => {
    const wide = declared.filter(({ operation }) => operation && isWide(operation));
    const seen = new Map<string, ReadGrant>();
    return declared.flatMap((one) => {
      const key = one.operation && keyOf(one.operation);
      const equal = key === undefined ? undefined : seen.get(key);
      if (key !== undefined && !equal) seen.set(key, one);
      const other = equal ?? wide.slice(0, MAX_WIDE).find((wider) => isSaidBy(one, wider));
      if (!other) return [];
      const { file, line } = other.grant.source;
      const place = file === undefined ? '' : ` in ${file}${line === undefined ? '' : `:${line}`}`;
      return [
        aboutGrant(one.grant, {
          severity: 'warning',
          code: 'authorization/grant-redundant',
          message: `${quote(one.grant.operation)} of ${quote(one.grant.to)} adds nothing to ${quote(other.grant.operation)}${place}`,
        }),
      ];
    });
  });
}

function keyOf(operation: OperationPattern): string {
  if (operation.kind === 'every') return '*';
  return operation.kind === 'named'
    ? textOf(operation)
    : `${operation.method} ${operation.path.shape}`;
}

function isSaidBy({ operation }: ReadGrant, { operation: wide }: ReadGrant): boolean {
  if (!operation || !wide || keyOf(operation) === keyOf(wide)) return false;
  if (wide.kind === 'every') return true;
  if (wide.kind !== 'http' || operation.kind !== 'http') return false;
  const isOfMethod = wide.method === EVERY_METHOD || wide.method === operation.method;
  return isOfMethod && contains(wide.path, operation.path) && !contains(operation.path, wide.path);
}
