import type { Fields } from '../../base/pick.ts';
import { SIDE, SPAN_FLAG, type SpanParty, type SpanRow } from '../../estate/spans/index.ts';
import { detached } from '../detached.ts';
import { isOperationalAgent, traceContextOf } from '../requests/index.ts';
import {
  addressIn,
  type FieldName,
  firstText,
  hostParty,
  namedParty,
  numberIn,
  operationOf,
  timeOf,
  wordOf,
} from './logged.ts';
import type { FlowReason } from './reasons.ts';

/** Names of fields: of the default JSON log, then what meshes are often configured to add, by the names that Istio's
 *  Telemetry API and its metrics have for the same.
 *  @see Istio, Envoy Access Logs, Default access log format; Common expression language; Standard Metrics */
const FIELDS = {
  time: ['start_time'],
  method: ['method', 'request_method'],
  path: ['path', 'request_path'],
  authority: ['authority', 'request_host'],
  protocol: ['protocol', 'request_protocol'],
  cluster: ['upstream_cluster'],
  details: ['response_code_details'],
  termination: ['connection_termination_details'],
  flags: ['response_flags'],
  agent: ['user_agent'],
  remote: ['downstream_direct_remote_address', 'downstream_remote_address', 'source_address'],
  local: ['downstream_local_address', 'destination_address'],
  upstream: ['upstream_host'],
  reporter: ['reporter'],
  sourcePrincipal: ['source_principal', ['source', 'principal']],
  provedPeer: ['downstream_peer_uri_san', ['connection', 'uri_san_peer_certificate']],
  sourceWorkload: ['source_workload', 'source_canonical_service', 'source_app'],
  sourceNamespace: ['source_workload_namespace', 'source_namespace'],
  destinationPrincipal: ['destination_principal', ['destination', 'principal']],
  destinationWorkload: ['destination_workload', 'destination_canonical_service', 'destination_app'],
  destinationNamespace: ['destination_workload_namespace', 'destination_namespace'],
  destinationHost: ['destination_service', 'destination_service_host'],
  /** Of the pod that the proxy is in, as log shippers add them. */
  ownName: [
    'workload_name',
    ['kubernetes', 'labels', 'app.kubernetes.io/name'],
    ['kubernetes', 'labels', 'service.istio.io/canonical-name'],
  ],
  ownNamespace: ['pod_namespace', ['kubernetes', 'namespace_name']],
  version: ['destination_canonical_revision', 'destination_version'],
  trace: ['trace_id', 'traceid', 'traceID'],
} as const satisfies Record<string, readonly FieldName[]>;

const INBOUND = /^(?:inbound(?:\||_\.)|InboundPassthroughCluster)/;
const INBOUND_VIP = /^inbound-vip\|\d{1,5}\|[^|]{0,100}\|([\w.-]{1,253})$/;
const OUTBOUND = [
  /^outbound\|(\d{1,5})\|[^|]{0,100}\|([\w.-]{1,253})$/,
  /^outbound_\.(\d{1,5})_\.[^_.]{0,100}_\.([\w.-]{1,253})$/,
];

/** Whether a line is of a proxy of Istio: the default fields are enough. */
export function isIstio(line: Fields): boolean {
  const has = (name: string) => Object.hasOwn(line, name);
  return has('upstream_cluster') || (has('response_flags') && has('downstream_remote_address'));
}

/** The request or connection that a line of an access log is of. */
export function istioRow(line: Fields): SpanRow | FlowReason {
  const text = (field: keyof typeof FIELDS) => firstText(line, FIELDS[field]);
  const startMs = timeOf(text('time'));
  if (startMs === undefined) return 'no time';
  const cluster = text('cluster') ?? '';
  const isInbound =
    INBOUND.test(cluster) || INBOUND_VIP.test(cluster) || text('reporter') === 'destination';
  const service = isInbound ? inboundService(text, cluster) : outboundService(text, cluster);
  if (service === undefined) return 'names no service';
  const principal = principalOf(
    text('provedPeer') ?? (isInbound ? text('sourcePrincipal') : undefined),
  );
  const operation = operationOf(text('method'), text('path'), text('protocol'));
  return {
    ...contextOf(line, text('trace')),
    startMs,
    durationMs: numberIn(line, 'duration'),
    side: SIDE.both | flagsOf(text),
    status: statusOf(line),
    service,
    operation,
    peer: principal === undefined ? callerOf(text, isInbound) : undefined,
    principal,
    address: addressIn(text('remote')),
    instance: addressIn(text(isInbound ? 'local' : 'upstream')),
    version: wordOf(text('version')),
  };
}

type Text = (field: keyof typeof FIELDS) => string | undefined;

/** The workload beside the proxy: by its own name, by the host that was asked for, or by its identity. */
function inboundService(text: Text, cluster: string): SpanParty | undefined {
  const namespace = text('destinationNamespace') ?? text('ownNamespace');
  const identity = principalOf(text('destinationPrincipal'));
  const seenFrom = namespace ?? namespaceOf(identity);
  return (
    namedParty(text('destinationWorkload') ?? text('ownName'), seenFrom) ??
    hostParty(INBOUND_VIP.exec(cluster)?.[1] ?? text('destinationHost'), seenFrom) ??
    namedHost(text('authority'), seenFrom) ??
    (identity === undefined ? undefined : { by: 'identity', identity })
  );
}

/** Whom the proxy called for the workload beside it. Where no route led anywhere, nobody was. */
function outboundService(text: Text, cluster: string): SpanParty | undefined {
  const namespace = text('sourceNamespace') ?? text('ownNamespace');
  for (const pattern of OUTBOUND) {
    const [, port = '', host] = pattern.exec(cluster) ?? [];
    if (host !== undefined) return hostParty(`${host}:${port}`, namespace);
  }
  if (cluster === '' || cluster === 'BlackHoleCluster') return undefined;
  return (
    namedParty(text('destinationWorkload'), text('destinationNamespace')) ??
    hostParty(text('destinationHost') ?? text('authority'), namespace)
  );
}

/** A host that is more than an address. */
function namedHost(text: string | undefined, namespace: string | undefined): SpanParty | undefined {
  return addressIn(text) === undefined ? hostParty(text, namespace) : undefined;
}

/** Who called by his own word: the workload that sent it, as its proxy says. */
function callerOf(text: Text, isInbound: boolean): SpanParty | undefined {
  const own = isInbound ? undefined : text('ownName');
  const namespace = text('sourceNamespace') ?? (isInbound ? undefined : text('ownNamespace'));
  const named = namedParty(text('sourceWorkload') ?? own, namespace);
  const identity = principalOf(text('sourcePrincipal'));
  return named ?? (identity === undefined ? undefined : { by: 'identity', identity });
}

const PRINCIPAL = /^(?:spiffe:\/\/)?([a-z0-9._-]{1,255}\/[\w./-]{1,1700})$/;

/** The SPIFFE ID of a principal, which Istio writes without its scheme. */
function principalOf(text: string | undefined): string | undefined {
  const id = text === undefined ? undefined : PRINCIPAL.exec(text)?.[1];
  return id === undefined ? undefined : detached(`spiffe://${id}`);
}

function namespaceOf(identity: string | undefined): string | undefined {
  return identity === undefined ? undefined : /\/ns\/([^/]+)\/sa\//.exec(identity)?.[1];
}

function statusOf(line: Fields): number {
  const status = Math.floor(numberIn(line, 'response_code'));
  return status >= 100 && status <= 999 ? status : 0;
}

/** Flags by which nobody answered; `UAEX`: an authorizer refused.
 *  @see Envoy, Access logging, `%RESPONSE_FLAGS%` */
const FAILURES: ReadonlySet<string> = new Set([
  'UH',
  'UF',
  'UO',
  'NR',
  'NC',
  'URX',
  'UT',
  'UR',
  'UC',
  'DF',
  'UPE',
]);
const DENIALS = /^(?:rbac_access_denied|ext_authz_denied|jwt_authn_access_denied)/;

function flagsOf(text: Text): number {
  const flags = (text('flags') ?? '').split(',', 32);
  const isDenied =
    flags.includes('UAEX') ||
    DENIALS.test(text('details') ?? '') ||
    DENIALS.test(text('termination') ?? '');
  return (
    SPAN_FLAG.hasContext |
    (isDenied ? SPAN_FLAG.denied : 0) |
    (flags.some((flag) => FAILURES.has(flag)) ? SPAN_FLAG.failed : 0) |
    (isOperationalAgent(text('agent')) ? SPAN_FLAG.operational : 0)
  );
}

const TRACE_ID = /^(?!0+$)(?:[0-9a-f]{16}|[0-9a-f]{32})$/;

function contextOf(line: Fields, trace: string | undefined): Pick<SpanRow, 'traceId' | 'parentId'> {
  const context = traceContextOf({
    traceparent: firstText(line, ['traceparent']) ?? '',
    b3: firstText(line, ['b3']) ?? '',
    'x-b3-traceid': firstText(line, ['x-b3-traceid', 'x_b3_traceid', 'b3_traceid']) ?? '',
    'x-b3-spanid': firstText(line, ['x-b3-spanid', 'x_b3_spanid', 'b3_spanid']) ?? '',
  });
  if (context !== undefined) return context;
  return trace !== undefined && TRACE_ID.test(trace) ? { traceId: trace.padStart(32, '0') } : {};
}
