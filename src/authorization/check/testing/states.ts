import type { Permission, Route, Source } from '../../../estate/index.ts';
import type { Grant, Guardrail, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import { EMPTY_STATE, type ServiceWords, type State } from '../model.ts';

/** States for tests, said in few words. A service `reviews` is `default/shop/reviews`; its declaration is
 *  `reviews/reeve.yaml`. */
export interface Said {
  readonly services?: Readonly<Record<string, Partial<PolicyService> & Partial<ServiceWords>>>;
  /** `payments POST /charges`, with tags behind it: `payments POST /charges #pci`. */
  readonly endpoints?: readonly string[];
  /** `reviews payments GET /charges/{id}` */
  readonly grants?: readonly string[];
  readonly guardrails?: readonly Guardrail[];
  readonly rest?: Partial<State>;
}

export function idOf(name: string): string {
  return `default/shop/${name}`;
}

export function sourceOf(file: string, line = 1): Source {
  return { reader: 'declarations', how: 'declared', file, line, column: 1 };
}

export function stateOf({
  services = {},
  endpoints = [],
  grants = [],
  guardrails = [],
  rest = {},
}: Said): State {
  const names = Object.keys(services);
  const known = endpoints.map(toEndpoint);
  return {
    ...EMPTY_STATE,
    policy: {
      services: names.map((name) => toService(name, services[name] ?? {})),
      endpoints: known,
      grants: grants.map(toGrant),
      guardrails,
    },
    services: names.map((name) => toWords(name, services[name] ?? {})),
    endpoints: known.map((one, index) => ({
      ...one,
      declaredIn: [{ file: `${one.service.split('/')[2]}/openapi.yaml`, line: index + 1 }],
      configuredIn: [],
      implementedIn: [],
    })),
    ...rest,
  };
}

function toService(name: string, said: Partial<PolicyService>): PolicyService {
  return {
    environment: 'default',
    namespace: 'shop',
    kind: said.kind ?? 'workload',
    identities: said.identities ?? [`spiffe://example.org/ns/shop/sa/${name}`],
    owner: `team-${name}`,
    criticality: said.criticality,
    sensitivity: said.sensitivity ?? [],
    exposure: said.exposure ?? 'internal',
    groups: said.groups ?? [],
    mode: said.mode ?? 'enforce',
    id: idOf(name),
    name,
  };
}

function toWords(name: string, said: Partial<ServiceWords>): ServiceWords {
  return {
    id: idOf(name),
    name,
    namespace: 'shop',
    kind: said.kind ?? 'workload',
    permissions: said.permissions ?? [],
    postures: said.postures ?? [],
    routes: said.routes ?? [],
    declaresCalls: said.declaresCalls ?? true,
    sources: said.sources ?? [sourceOf(`${name}/reeve.yaml`)],
  };
}

function toEndpoint(text: string): PolicyEndpoint {
  const [service = '', method = '', template = '', ...tags] = text.split(' ');
  return {
    service: idOf(service),
    protocol: method === 'RPC' ? 'grpc' : 'http',
    method,
    template,
    owner: undefined,
    criticality: undefined,
    sensitivity: tags.map((tag) => tag.slice(1)),
    deprecated: false,
    blocked: false,
  };
}

function toGrant(text: string, index: number): Grant {
  const [from = '', to = '', ...operation] = text.split(' ');
  return {
    from: idOf(from),
    to: idOf(to),
    operation: operation.join(' '),
    source: sourceOf(`${from}/reeve.yaml`, 10 + index),
  };
}

export function permission(
  from: readonly string[],
  operations: readonly string[],
  more: Partial<Permission> = {},
): Permission {
  return {
    policy: 'AuthorizationPolicy shop/payments',
    effect: 'allow',
    layer: 'request',
    from: [...from],
    operations: [...operations],
    source: sourceOf('payments/k8s.yaml', 40),
    ...more,
  };
}

export function route(path: string, more: Partial<Route> = {}): Route {
  return {
    via: 'Ingress shop/web',
    hosts: ['shop.example.com'],
    path,
    match: 'prefix',
    methods: [],
    internet: true,
    source: sourceOf('web/k8s.yaml', 70),
    ...more,
  };
}

/** A guardrail whose text is `when` of a `forbid`. */
export function guardrail(
  id: string,
  json: Guardrail['json'],
  more: Partial<Guardrail> = {},
): Guardrail {
  return { id, reason: undefined, file: 'policies/all.cedar', line: 3, text: id, json, ...more };
}

/** What forbids every call of a service, in Cedar's JSON format. */
export function forbidsCallsOf(name: string): NonNullable<Guardrail['json']> {
  return {
    effect: 'forbid',
    principal: { op: '==', entity: { type: 'Reeve::Service', id: idOf(name) } },
    action: { op: 'All' },
    resource: { op: 'All' },
    conditions: [],
  };
}
