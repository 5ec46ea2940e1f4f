/** What a span is for.
 *  @see opentelemetry-proto trace.proto, `SpanKind` */
export const SPAN_KINDS = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** Attributes by name, scalar values as text; only those that `WANTED_ATTRIBUTES` names. */
export type Attributes = ReadonlyMap<string, string>;

/** The parts of a span that the estate is learnt from. */
export interface Span {
  /** Lower-case hexadecimal. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** Of the service that sent it; one object for all spans of a resource. */
  readonly resource: Attributes;
}

/** Names of the semantic conventions, the stable one first and then what older releases used.
 *  @see OpenTelemetry semantic conventions 1.44, and the HTTP migration guide */
export const NAMES = {
  serviceName: ['service.name'],
  namespace: ['k8s.namespace.name', 'service.namespace'],
  environment: ['deployment.environment.name', 'deployment.environment'],
  httpMethod: ['http.request.method', 'http.method'],
  httpMethodOriginal: ['http.request.method_original'],
  httpRoute: ['http.route'],
  httpStatus: ['http.response.status_code', 'http.status_code'],
  urlPath: ['url.path', 'http.target'],
  urlFull: ['url.full', 'http.url'],
  urlTemplate: ['url.template'],
  userAgent: ['user_agent.original', 'http.user_agent'],
  rpcSystem: ['rpc.system.name', 'rpc.system'],
  rpcService: ['rpc.service'],
  rpcMethod: ['rpc.method'],
  messagingSystem: ['messaging.system'],
  destination: [
    'messaging.destination.template',
    'messaging.destination.name',
    'messaging.destination',
  ],
  destinationTemporary: ['messaging.destination.temporary', 'messaging.temp_destination'],
  peerHost: ['server.address', 'net.peer.name', 'net.sock.peer.name'],
  peerPort: ['server.port', 'net.peer.port'],
} as const;
export type Name = keyof typeof NAMES;

export const WANTED_ATTRIBUTES: ReadonlySet<string> = new Set(Object.values(NAMES).flat());

/** The longest value that is kept; what is longer is cut, for no name or path of use is so long. */
export const MAX_VALUE_LENGTH = 2_048;

/** The value under the first of the convention's names that is set. */
export function attribute(attributes: Attributes, name: Name): string | undefined {
  for (const key of NAMES[name]) {
    const value = attributes.get(key);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}
