import fc from 'fast-check';
import type {
  GuardContext,
  GuardedCall,
  PolicyEndpoint,
  PolicyService,
} from '../../model/index.ts';

/** Texts that attributes and literals share, so that they meet. */
export const WORDS = [
  'production',
  'staging',
  'shop',
  'orders',
  'payments',
  'team-a',
  'team-b',
  'pci',
  'pii',
  'high',
  'internet',
  'datastore',
  'mtls',
  'GET',
  'DELETE',
  '/admin/x',
  '/orders/{id}',
  '',
  'Ünïcode 😀 "*"\\',
];

const word = fc.constantFrom(...WORDS);
const names = fc.uniqueArray(fc.constantFrom('team-a', 'pci', 'pii', 'all'), { maxLength: 3 });
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const owner = optional(fc.constantFrom('team-a', 'team-b', ''));
const criticality = optional(fc.constantFrom('critical', 'high', 'medium', 'low'));

export const arbitraryService: fc.Arbitrary<PolicyService> = fc
  .record({
    environment: fc.constantFrom('production', 'staging'),
    namespace: fc.constantFrom('shop', 'tools'),
    name: fc.constantFrom('orders', 'payments', 'Ünïcode 😀 "*"\\'),
    kind: fc.constantFrom('workload', 'datastore', 'external'),
    identities: fc.constant([]),
    owner,
    criticality,
    sensitivity: names,
    exposure: fc.constantFrom('internet', 'internal'),
    groups: names,
    mode: fc.constantFrom('enforce', 'shadow'),
  })
  .map((said) => ({ id: `${said.environment}/${said.namespace}/${said.name}`, ...said }));

function arbitraryEndpoint(service: string): fc.Arbitrary<PolicyEndpoint> {
  return fc.record({
    service: fc.constant(service),
    protocol: fc.constantFrom('http', 'grpc', 'event'),
    method: fc.constantFrom('GET', 'DELETE', 'ANY', 'RPC'),
    template: fc.constantFrom('/orders/{id}', '/admin/x', '/'),
    owner,
    criticality,
    sensitivity: names,
    deprecated: fc.boolean(),
    blocked: fc.boolean(),
  });
}

/** A service that is both caller and callee is one object, as in a policy. */
export const arbitraryCall: fc.Arbitrary<GuardedCall> = fc
  .tuple(arbitraryService, arbitraryService)
  .map(([caller, other]) => ({ caller, callee: other.id === caller.id ? caller : other }))
  .chain(({ caller, callee }) =>
    optional(arbitraryEndpoint(callee.id)).map((endpoint) => ({ caller, callee, endpoint })),
  );

export const arbitraryContext: fc.Arbitrary<GuardContext> = fc.record({
  proof: fc.constantFrom('mtls', 'token'),
  protocol: fc.constantFrom('http', 'graphql', 'event'),
  method: fc.constantFrom('GET', 'DELETE', 'get'),
  path: word,
});
