import { z } from 'zod';
import { PROTOCOLS } from './protocols.ts';
import { CRITICALITIES, HOW } from './vocabulary.ts';

export { CRITICALITIES, endpointId, HOW } from './vocabulary.ts';

/** The estate: what is governed. These schemas are the contract of `scan --format json` and of the
 *  HTTP API, and the shapes that the store keeps. */

export const How = z.enum(HOW);

/** Where an observation came from. */
export const Source = z.strictObject({
  /** The reader: `openapi`, `kubernetes`, `express` … */
  reader: z.string(),
  how: How,
  /** Path inside what was read; of a running cluster `cluster NAME: Kind namespace/name`, without a line. */
  file: z.string().optional(),
  line: z.int().positive().optional(),
  column: z.int().positive().optional(),
});
export type Source = z.infer<typeof Source>;

/** A word with the reason for it. */
export const Tag = z.strictObject({ tag: z.string(), because: z.string() });
export type Tag = z.infer<typeof Tag>;

/** What a service lets in, as its mesh enforces it on one port, or on all. */
export const Posture = z.strictObject({
  mesh: z.enum(['istio', 'linkerd', 'kuma', 'cilium', 'declared', 'sdk']),
  /** `strict`: only authenticated callers; `permissive`: plain text too; `disabled`: plain text. */
  inbound: z.enum(['strict', 'permissive', 'disabled', 'unknown']),
  /** Absent: every port that has no posture of its own. */
  port: z.int().optional(),
  /** The object that decides and where it lies, in a few words. */
  because: z.string(),
});
export type Posture = z.infer<typeof Posture>;

/** Where a Service of Kubernetes takes calls, and the port of the pod that it leads them to. */
export interface ServicePort {
  readonly port: number;
  readonly target: number;
}

/** What one policy object lets in or keeps out of a service. */
export const Permission = z.strictObject({
  /** `Kind namespace/name`, or `default` for what holds when no object speaks. */
  policy: z.string(),
  effect: z.enum(['allow', 'deny']),
  layer: z.enum(['network', 'request']),
  /** Service ids; `*` anyone, `*authenticated` anyone with an identity, `NAMESPACE/*` a namespace. */
  from: z.array(z.string()),
  /** `METHOD /path` patterns of the policy's own language; `*` everything. */
  operations: z.array(z.string()),
  source: Source,
});
export type Permission = z.infer<typeof Permission>;

/** How traffic from outside reaches a service. */
export const Route = z.strictObject({
  via: z.string(),
  hosts: z.array(z.string()),
  /** Path or prefix, as configured. */
  path: z.string(),
  match: z.enum(['prefix', 'exact', 'pattern']),
  methods: z.array(z.string()),
  internet: z.boolean(),
  /** The path or prefix as the service sees it, where the route rewrites it. */
  rewrittenTo: z.string().optional(),
  /** What the gateway demands of callers before it passes them on: `jwt`, `key-auth`, `mtls` … */
  authentication: z.array(z.string()).optional(),
  source: Source,
});
export type Route = z.infer<typeof Route>;

export const Criticality = z.enum(CRITICALITIES);
export type Criticality = z.infer<typeof Criticality>;

export const Service = z.strictObject({
  /** `environment/namespace/name` */
  id: z.string(),
  name: z.string(),
  namespace: z.string(),
  environment: z.string(),
  kind: z.enum(['workload', 'datastore', 'external']),
  owner: z.string().nullable(),
  criticality: Criticality.nullable(),
  exposure: z.enum(['internet', 'internal']),
  /** SPIFFE ID or Kubernetes service account (`ns/NAMESPACE/sa/NAME`). */
  identity: z.string().nullable(),
  sources: z.array(Source),
});
export type Service = z.infer<typeof Service>;

export const Protocol = z.enum(PROTOCOLS);
export type Protocol = z.infer<typeof Protocol>;

/** Where one source says that a thing exists. */
export const Location = z.strictObject({
  /** As in Source. */
  file: z.string(),
  line: z.int().positive().optional(),
  column: z.int().positive().optional(),
});
export type Location = z.infer<typeof Location>;

/** Of the requests, or of the answers, of an endpoint. */
const SampleCount = z.strictObject({
  judged: z.int(),
  /** How many of them held values of each kind. */
  found: z.record(z.string(), z.int()),
});

/** What traffic says of one endpoint. Counts are of requests since `firstSeen`. */
export const EndpointTraffic = z.strictObject({
  firstSeen: z.string(),
  lastSeen: z.string(),
  requests: z.int(),
  /** Requests a minute, over the last hour. */
  perMinute: z.number(),
  /** Requests by status code; `0` where none was told. */
  statuses: z.record(z.string(), z.int()),
  /** Shares of 0 to 1, of the requests whose status was told: answered 5xx, and 4xx. */
  errorShare: z.number(),
  refusedShare: z.number(),
  /** Who asked, by the most requests first; at most 32. `service` is an id where the estate knows it,
   *  else the name as the source gave it. */
  callers: z.array(
    z.strictObject({
      service: z.string(),
      requests: z.int(),
      isProved: z.boolean(),
      /** RFC 3339; absent in what was counted before callers had it. */
      lastSeen: z.string().optional(),
    }),
  ),
  /** Requests by the credential that they were seen with. Seen, not verified. */
  credentials: z.record(z.string(), z.int()),
  /** Names of query parameters. */
  parameters: z.array(z.string()),
  /** What came up after the endpoint was established, oldest first. */
  changes: z.array(
    z.strictObject({
      what: z.enum(['method', 'parameter', 'response', 'authentication']),
      value: z.string(),
      since: z.string(),
    }),
  ),
  /** Kinds of data that payload samples held. */
  sensitivity: z.array(z.string()),
  /** How many payloads were judged, where that is allowed. */
  samples: z
    .strictObject({ requests: SampleCount.optional(), responses: SampleCount.optional() })
    .optional(),
  /** Where the template comes from. */
  templateFrom: z.enum(['person', 'route', 'specification', 'code', 'learned']),
});
export type EndpointTraffic = z.infer<typeof EndpointTraffic>;

/** What a person has decided about an endpoint; all decisions that hold, the latest of each kind. */
export const DecisionInForce = z.strictObject({
  action: z.enum(['adopt', 'assign', 'deprecate', 'block', 'accept', 'tag']),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
  /** End of an accepted risk, or the date after which a deprecated endpoint is gone. */
  until: z.string().optional(),
});

/** Why a person should look at an endpoint. */
export const REVIEW_REASONS = [
  'shadow',
  'zombie',
  'changed',
  'unowned',
  'acceptance-ended',
  'sunset-passed',
] as const;

export const ENDPOINT_STATUSES = ['governed', 'shadow', 'zombie', 'dormant', 'unowned'] as const;

export const Endpoint = z.strictObject({
  /** `service-id protocol METHOD template` */
  id: z.string(),
  service: z.string(),
  protocol: Protocol,
  /** HTTP method; `RPC`; `QUERY`, `MUTATION`, `SUBSCRIPTION`; `PUBLISH`, `SUBSCRIBE`; `ANY` where
   *  the code takes every HTTP method. */
  method: z.string(),
  template: z.string(),
  declaredIn: z.array(Location),
  configuredIn: z.array(Location),
  implementedIn: z.array(Location),
  observed: z.boolean(),
  deprecated: z.boolean(),
  status: z.enum(ENDPOINT_STATUSES),
  owner: z.string().nullable(),
  sensitivity: z.array(Tag),
  criticality: Criticality.nullable(),
  /** Why it has this criticality. */
  criticalityBecause: z.string().nullable(),
  /** `probe`: only ever answered 404; `unstable`: seen too little to call it an endpoint. Neither is
   *  judged, and lists show them only when asked. */
  visibility: z.enum(['shown', 'unstable', 'probe']),
  traffic: EndpointTraffic.nullable(),
  /** Differs from what is declared, or from what it used to be; a sentence each. */
  changes: z.array(z.string()),
  blocked: z.boolean(),
  decisions: z.array(DecisionInForce),
  /** Why it waits in its owner's queue; null where it does not. */
  review: z.enum(REVIEW_REASONS).nullable(),
  /** The same operation of the same service in the other environments. */
  elsewhere: z.array(
    z.strictObject({
      environment: z.string(),
      id: z.string(),
      status: z.enum(ENDPOINT_STATUSES),
      observed: z.boolean(),
    }),
  ),
});
export type Endpoint = z.infer<typeof Endpoint>;

export const AUTHENTICATIONS = ['mtls', 'token', 'none', 'unknown'] as const;
export const Authentication = z.enum(AUTHENTICATIONS);
export type Authentication = z.infer<typeof Authentication>;

export const Call = z.strictObject({
  /** `from -> to operation` */
  id: z.string(),
  /** Service ids. */
  from: z.string(),
  to: z.string(),
  /** `POST /v1/charges`, `payments.v1.Cards/Charge`, or `*` where only the target is known. */
  operation: z.string(),
  authentication: Authentication,
  /** A sentence: what proves, or fails to prove, who calls. */
  evidence: z.string(),
  /** Policies and declarations that admit the call. */
  allowedBy: z.array(z.string()),
  /** Said by the caller's declaration. */
  declared: z.boolean(),
  observed: z.boolean(),
  sources: z.array(Source),
});
export type Call = z.infer<typeof Call>;

export const CredentialLocation = Location.extend({
  in: z.enum(['configmap', 'secret', 'env', 'argument', 'code', 'file']),
});
export type CredentialLocation = z.infer<typeof CredentialLocation>;

export const Credential = z.strictObject({
  id: z.string(),
  /** What to call it: the secret's or variable's name, never its value. */
  name: z.string(),
  /** `aws-access-key`, `postgres`, `private-key`, `password` … */
  kind: z.string(),
  /** The service that uses it; the first by name where several do. */
  service: z.string().nullable(),
  services: z.array(z.string()),
  owner: z.string().nullable(),
  /** Who says so, and where: `declared in orders/reeve.yaml:4`. */
  ownerBecause: z.string().nullable(),
  locations: z.array(CredentialLocation),
  /** Keyed, so that it tells equal values apart from others and nothing else. */
  fingerprint: z.string().nullable(),
  created: z.string().nullable(),
  lastRotated: z.string().nullable(),
  expires: z.string().nullable(),
  /** RFC 3339; null: never, or its uses are not seen. */
  lastUsed: z.string().nullable(),
  /** How it is rotated, in a few words (`every 24h`), or null where there is no path. */
  rotation: z.string().nullable(),
  /** The id of the secret that Reeve keeps it as; null: it is kept elsewhere. */
  secret: z.string().nullable(),
  problems: z.array(z.string()),
  /** What shows each of its problems, where there is more to say than where it lies. */
  evidence: z.record(z.string(), z.string()),
});
export type Credential = z.infer<typeof Credential>;

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

export const Finding = z.strictObject({
  id: z.string(),
  control: z.string(),
  severity: Severity,
  /** The id of the service, endpoint, call or credential that fails. */
  subject: z.string(),
  message: z.string(),
  location: Location.nullable(),
  remedy: z.string(),
  /** `OWASP NHI 2025: NHI7` … */
  frameworks: z.array(z.string()),
});
export type Finding = z.infer<typeof Finding>;

export const Answer = z.strictObject({ total: z.int(), satisfied: z.int() });
export const Answers = z.strictObject({
  endpointsInventoried: Answer,
  callsAuthenticated: Answer,
  credentialsGoverned: Answer,
});
export type Answers = z.infer<typeof Answers>;

export interface Estate {
  readonly services: readonly Service[];
  readonly endpoints: readonly Endpoint[];
  readonly calls: readonly Call[];
  readonly credentials: readonly Credential[];
}

export function serviceId(environment: string, namespace: string, name: string): string {
  return `${environment}/${namespace}/${name}`;
}

export function callId(from: string, to: string, operation: string): string {
  return `${from} -> ${to} ${operation}`;
}
