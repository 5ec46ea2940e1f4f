import type { Source } from '../../estate/index.ts';
import type {
  Grant,
  GuardrailJudge,
  OperationRule,
  PolicyEndpoint,
  PolicyService,
} from '../model/index.ts';

/** The judge of a policy without guardrails. */
export const NO_GUARDRAILS: GuardrailJudge = {
  standing: () => ({ kind: 'clear' }),
  judge: () => ({ kind: 'clear' }),
};

/** The line of a declaration. */
export const sampleSource = (file: string, line: number, column?: number): Source => ({
  ...{ reader: 'declarations', how: 'declared', file, line },
  ...(column === undefined ? {} : { column }),
});

/** `spiffe://example.org/ns/shop/sa/orders` for `production/shop/orders`. */
export function sampleIdentity(id: string): string {
  const [, namespace = '', name = ''] = id.split('/');
  return `spiffe://example.org/ns/${namespace}/sa/${name}`;
}

/** An internal workload that nobody has described, with an identity of its own.
 *  @param id `environment/namespace/name` */
export function sampleService(id: string, change: Partial<PolicyService> = {}): PolicyService {
  const [environment = '', namespace = '', name = ''] = id.split('/');
  return {
    id,
    environment,
    namespace,
    name,
    kind: 'workload',
    identities: [sampleIdentity(id)],
    owner: undefined,
    criticality: undefined,
    sensitivity: [],
    exposure: 'internal',
    groups: [],
    mode: 'enforce',
    ...change,
  };
}

/** An endpoint about which nobody has decided anything.
 *  @param operation `GET /orders/{id}`, `RPC /shop.v1.Orders/Get` */
export function sampleEndpoint(
  service: string,
  operation: string,
  change: Partial<PolicyEndpoint> = {},
): PolicyEndpoint {
  const [method = '', template = ''] = operation.split(' ');
  return {
    service,
    protocol: method === 'RPC' ? 'grpc' : 'http',
    method,
    template,
    owner: undefined,
    criticality: undefined,
    sensitivity: [],
    deprecated: false,
    blocked: false,
    ...change,
  };
}

/** A call that is declared in the `reeve.yaml` of its caller. */
export function sampleGrant(
  from: string,
  to: string,
  operation: string,
  line: number,
  column?: number,
): Grant {
  const name = from.slice(from.lastIndexOf('/') + 1);
  return { from, to, operation, source: sampleSource(`${name}/reeve.yaml`, line, column) };
}

/** A rule about requests over HTTP that excepts nothing.
 *  @param operation `GET /orders/{id}` */
export function sampleRule(operation: string, change: Partial<OperationRule> = {}): OperationRule {
  const [method = '', path = ''] = operation.split(' ');
  return {
    protocol: 'http',
    method,
    exceptMethods: [],
    path,
    also: [],
    except: [],
    conditions: [],
    because: [],
    ...change,
  };
}
