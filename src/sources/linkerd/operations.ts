import { listAt, textAt } from '../../base/pick.ts';
import type { Resource } from '../kubernetes/resource.ts';

const MAX_OPERATIONS = 1_000;

/** The operations that an HTTPRoute or GRPCRoute matches, as `METHOD /path`; a prefix ends in `*`, a
 *  regular expression stays as it is. */
export function operationsOfRoute(route: Resource): readonly string[] {
  const toOperations = route.kind === 'GRPCRoute' ? grpcOperation : httpOperation;
  const operations = listAt(route.value, 'spec', 'rules').flatMap((rule) => {
    const matches = listAt(rule, 'matches');
    return matches.length === 0 ? ['*'] : matches.map(toOperations);
  });
  const distinct = [...new Set(operations)];
  const isAll = distinct.length === 0 || distinct.includes('*') || distinct.length > MAX_OPERATIONS;
  return isAll ? ['*'] : distinct;
}

function httpOperation(match: unknown): string {
  const method = textAt(match, 'method') ?? '*';
  const value = textAt(match, 'path', 'value') ?? '/';
  const type = textAt(match, 'path', 'type') ?? 'PathPrefix';
  const path =
    type === 'PathPrefix' ? (value === '/' ? '*' : `${value.replace(/\/$/, '')}*`) : value;
  return method === '*' && path === '*' ? '*' : `${method} ${path}`;
}

function grpcOperation(match: unknown): string {
  const service = textAt(match, 'method', 'service');
  const method = textAt(match, 'method', 'method') ?? '*';
  return service === undefined
    ? method === '*'
      ? '*'
      : `POST */${method}`
    : `POST /${service}/${method}`;
}
