import {
  type Answers,
  type Call,
  type Credential,
  callId,
  type Endpoint,
  type EndpointTraffic,
  endpointId,
  type Finding,
  SEVERITIES,
  type Service,
  serviceId,
} from '../../model.ts';
import type { JudgedEstate } from '../../store.ts';

/** Valid entities for tests and benchmarks; `overrides` say what a test is about. */
export function aService(name: string, overrides: Partial<Service> = {}): Service {
  const environment = overrides.environment ?? 'production';
  return {
    id: serviceId(environment, 'shop', name),
    name,
    namespace: 'shop',
    environment,
    kind: 'workload',
    owner: 'team-orders',
    criticality: 'high',
    exposure: 'internal',
    identity: `ns/shop/sa/${name}`,
    sources: [{ reader: 'kubernetes', how: 'configured', file: `${name}.yaml`, line: 1 }],
    ...overrides,
  };
}

export function anEndpoint(
  service: string,
  template: string,
  overrides: Partial<Endpoint> = {},
): Endpoint {
  return {
    id: endpointId(service, 'http', 'GET', template),
    service,
    protocol: 'http',
    method: 'GET',
    template,
    declaredIn: [{ file: 'openapi.yaml', line: 12, column: 3 }],
    configuredIn: [],
    implementedIn: [{ file: 'src/main.ts', line: 40, column: 1 }],
    observed: true,
    deprecated: false,
    status: 'governed',
    owner: 'team-orders',
    sensitivity: [{ tag: 'pii', because: 'the field `email`' }],
    criticality: 'high',
    criticalityBecause: 'declared',
    visibility: 'shown',
    traffic: null,
    changes: [],
    blocked: false,
    decisions: [],
    review: null,
    elsewhere: [],
    ...overrides,
  };
}

/** An hour of traffic. */
export function someTraffic(overrides: Partial<EndpointTraffic> = {}): EndpointTraffic {
  return {
    firstSeen: '2025-03-03T00:00:00.000Z',
    lastSeen: '2025-03-03T01:00:00.000Z',
    requests: 60,
    perMinute: 1,
    statuses: { 200: 57, 404: 3 },
    errorShare: 0,
    refusedShare: 0.05,
    callers: [{ service: 'production/shop/web', requests: 60, isProved: false }],
    credentials: { token: 60 },
    parameters: ['page'],
    changes: [],
    sensitivity: [],
    templateFrom: 'learned',
    ...overrides,
  };
}

export function aCall(from: string, to: string, overrides: Partial<Call> = {}): Call {
  return {
    id: callId(from, to, '*'),
    from,
    to,
    operation: '*',
    authentication: 'none',
    evidence: 'environment variable ORDERS_URL',
    allowedBy: [],
    declared: false,
    observed: false,
    sources: [],
    ...overrides,
  };
}

export function aCredential(name: string, overrides: Partial<Credential> = {}): Credential {
  return {
    id: `credential-${name}`,
    name,
    kind: 'postgres',
    service: null,
    services: [],
    owner: null,
    ownerBecause: null,
    locations: [{ file: 'compose.yaml', line: 3, column: 5, in: 'env' }],
    fingerprint: null,
    created: null,
    lastRotated: null,
    expires: null,
    lastUsed: null,
    rotation: null,
    secret: null,
    problems: [],
    evidence: {},
    ...overrides,
  };
}

export function aFinding(id: string, subject: string, overrides: Partial<Finding> = {}): Finding {
  return {
    id,
    control: 'calls-authenticated',
    severity: 'medium',
    subject,
    message: 'anybody can call it',
    location: null,
    remedy: 'set mTLS to STRICT',
    frameworks: ['OWASP NHI 2025: NHI4'],
    ...overrides,
  };
}

/** Answers that differ by `satisfied`. */
export function someAnswers(satisfied: number): Answers {
  const answer = { total: 10, satisfied };
  return { endpointsInventoried: answer, callsAuthenticated: answer, credentialsGoverned: answer };
}

export function anEstate(parts: Partial<JudgedEstate> = {}): JudgedEstate {
  return {
    services: [],
    endpoints: [],
    calls: [],
    credentials: [],
    findings: [],
    answers: someAnswers(0),
    ...parts,
  };
}

/** An estate of many endpoints, a hundred a service. */
export function largeEstate(endpointCount: number): JudgedEstate {
  const statuses = ['governed', 'governed', 'governed', 'shadow', 'dormant', 'unowned'] as const;
  const services = Array.from({ length: Math.ceil(endpointCount / 100) }, (_, index) =>
    aService(`service-${index}`, {
      environment: index % 4 === 0 ? 'staging' : 'production',
      owner: `team-${index % 40}`,
    }),
  );
  const endpoints = Array.from({ length: endpointCount }, (_, index) => {
    const service = services[index % services.length];
    return anEndpoint(service?.id ?? '', `/v1/things-${index}/{id}/parts`, {
      method: ['GET', 'POST', 'PUT', 'DELETE'][index % 4] ?? 'GET',
      status: index % 9_973 === 0 ? 'zombie' : (statuses[index % statuses.length] ?? 'governed'),
      owner: service?.owner ?? null,
    });
  });
  const findings = endpoints
    .filter((endpoint) => endpoint.status !== 'governed')
    .map(({ id }, index) =>
      aFinding(`finding-${index}`, id, {
        severity: SEVERITIES[index % SEVERITIES.length] ?? 'info',
        message: 'it is not inventoried',
      }),
    );
  return anEstate({ services, endpoints, findings });
}
