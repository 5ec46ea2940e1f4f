import { toOperation } from '../../estate/index.ts';
import type { Policy, PolicyEndpoint } from '../model/index.ts';
import type { Operation } from './model.ts';

/** What can be asked of a service where its code takes every method. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The endpoints of a policy by their services, as they are asked for on the wire. An endpoint of its own goes before
 *  one that takes every method. */
export function operationsByService(policy: Policy): Map<string, Operation[]> {
  const byService = new Map<string, Map<string, Operation>>();
  for (const endpoint of policy.endpoints) {
    const operations = byService.get(endpoint.service) ?? new Map<string, Operation>();
    for (const operation of wireOperations(endpoint)) {
      if (endpoint.method === 'ANY' && operations.has(operation.text)) continue;
      operations.set(operation.text, { ...operation, endpoint });
    }
    byService.set(endpoint.service, operations);
  }
  return new Map(
    [...byService].map(([service, operations]) => [service, [...operations.values()]]),
  );
}

/** What an endpoint is asked for by, on the wire. */
export function wireOperations({
  protocol,
  method,
  template,
}: Pick<PolicyEndpoint, 'protocol' | 'method' | 'template'>): Omit<Operation, 'endpoint'>[] {
  if (protocol === 'grpc') {
    const text = template.replace(/^\//, '');
    return [{ protocol: 'http', method: 'POST', path: template, text }];
  }
  const methods = protocol === 'http' && method === 'ANY' ? METHODS : [method];
  return methods.map((one) => ({
    protocol,
    method: one,
    path: template,
    text: `${one} ${template}`,
  }));
}

/** An operation as a call or a declaration names it; undefined: every operation, or none that can be read. */
export function namedOperation(text: string): Operation | undefined {
  const operation = toOperation(text);
  if (!operation) return undefined;
  const { protocol, method, template: path } = operation;
  return protocol === 'grpc'
    ? { protocol: 'http', method: 'POST', path, text, endpoint: undefined }
    : { protocol, method: method === 'ANY' ? '*' : method, path, text, endpoint: undefined };
}

/** Whether what an operation of a declaration stands for is not written out: `*`, `ANY`, `*` for a segment, `/**`. */
export function isWildcard(operation: string): boolean {
  return (
    operation === '*' ||
    operation.startsWith('ANY ') ||
    /(?:^|[\s/])\*{1,2}(?:\/|$)/.test(operation)
  );
}
