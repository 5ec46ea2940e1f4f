import { type Fields, fieldsAt, isFields, listAt, pick, textAt } from '../../base/pick.ts';
import { SIDE, SPAN_FLAG, type SpanParty, type SpanRow } from '../../estate/spans/index.ts';
import { isOperationalAgent, traceContextOf } from '../requests/index.ts';
import { addressIn, hostParty, namedParty, numberIn, operationOf, timeOf } from './logged.ts';
import type { FlowReason } from './reasons.ts';

/** The flow that a line holds: `jsonpb` has it in `flow`, with what else Hubble tells beside it; `json` is the flow.
 *  @see Cilium, api/v1/flow/flow.proto */
export function flowIn(line: Fields): Fields | undefined {
  const flow = pick(line, 'flow');
  if (isFields(flow)) return flow;
  return Object.hasOwn(line, 'verdict') && Object.hasOwn(line, 'time') ? line : undefined;
}

/** Whether a line is of Hubble and holds no flow: events that were lost, and the state of nodes. */
export function isOtherOfHubble(line: Fields): boolean {
  return Object.hasOwn(line, 'lost_events') || Object.hasOwn(line, 'node_status');
}

/** The request or connection that a flow tells of. */
export function hubbleRow(flow: Fields): SpanRow | FlowReason {
  if (pick(flow, 'is_reply') === true || pick(flow, 'reply') === true) return 'reply';
  const http = pick(flow, 'l7', 'http');
  const isRequest = isFields(http) && textAt(flow, 'l7', 'type') !== 'RESPONSE';
  if (!isRequest && !isBeginning(flow)) return 'other event';
  const startMs = timeOf(textAt(flow, 'time'));
  if (startMs === undefined) return 'no time';
  const service = calledParty(flow);
  if (service === undefined) return 'names no service';
  const headers = headersOf(http);
  return {
    ...contextOf(flow, headers),
    startMs,
    side: SIDE.both | flagsOf(flow, headers),
    status: isRequest ? httpStatusOf(http) : 0,
    service,
    operation: isRequest
      ? operationOf(textAt(http, 'method'), textAt(http, 'url'), textAt(http, 'protocol'))
      : undefined,
    peer: workloadOf(fieldsAt(flow, 'source')),
    address: addressIn(textAt(flow, 'IP', 'source')),
    instance: addressIn(textAt(flow, 'IP', 'destination')),
  };
}

/** Numbers of what a flow comes from.
 *  @see Cilium, pkg/monitor/api, MessageType */
const POLICY_VERDICT = 5;
const ARRIVED = 'TO_ENDPOINT';
const LEAVING: ReadonlySet<string> = new Set(['TO_STACK', 'TO_NETWORK', 'TO_HOST']);

/** Whether a flow of packets is the beginning of a connection, at the one place where each is counted: where it arrives,
 *  where it leaves for what is no endpoint, or where it is dropped. Verdicts are told by what follows from them. */
function isBeginning(flow: Fields): boolean {
  if (isFields(pick(flow, 'l7')) || numberIn(flow, 'event_type', 'type') === POLICY_VERDICT)
    return false;
  if (textAt(flow, 'verdict') === 'DROPPED') return true;
  const flags = fieldsAt(flow, 'l4', 'TCP', 'flags');
  if (flags.SYN !== true || flags.ACK === true) return false;
  const place = textAt(flow, 'trace_observation_point');
  if (place === undefined || place === ARRIVED) return true;
  return LEAVING.has(place) && workloadOf(fieldsAt(flow, 'destination')) === undefined;
}

/** The workload of an endpoint: by its name, the labels that name it, or its pod. Undefined for what is outside. */
function workloadOf(endpoint: Fields): SpanParty | undefined {
  const namespace = textAt(endpoint, 'namespace');
  if (namespace === undefined || namespace === '') return undefined;
  const labels = listAt(endpoint, 'labels').slice(0, MAX_LABELS);
  return (
    namedParty(textAt(endpoint, 'workloads', 0, 'name'), namespace) ??
    namedParty(labelOf(labels, NAME_LABELS), namespace) ??
    namedParty(textAt(endpoint, 'pod_name'), namespace)
  );
}

const MAX_LABELS = 64;
const NAME_LABELS = ['app.kubernetes.io/name', 'k8s-app', 'app'];

/** Labels are `SOURCE:NAME=VALUE`. */
function labelOf(labels: readonly unknown[], names: readonly string[]): string | undefined {
  for (const name of names) {
    for (const label of labels) {
      const start = `k8s:${name}=`;
      if (typeof label === 'string' && label.startsWith(start)) return label.slice(start.length);
    }
  }
  return undefined;
}

/** Whom a flow went to: a workload, else the Service, the name or the address that it went to. */
function calledParty(flow: Fields): SpanParty | undefined {
  const seenFrom = textAt(flow, 'source', 'namespace');
  const service = fieldsAt(flow, 'destination_service');
  return (
    workloadOf(fieldsAt(flow, 'destination')) ??
    namedParty(textAt(service, 'name'), textAt(service, 'namespace')) ??
    hostParty(textAt(flow, 'destination_names', 0), seenFrom) ??
    hostParty(addressIn(textAt(flow, 'IP', 'destination')), seenFrom)
  );
}

/** Reasons for which a policy drops; others are faults.
 *  @see Cilium, api/v1/flow/flow.proto, DropReason */
const DENIALS: ReadonlySet<string> = new Set([
  'POLICY_DENIED',
  'POLICY_DENY',
  'AUTH_REQUIRED',
  'DENIED_BY_LB_SRC_RANGE_CHECK',
]);

function flagsOf(flow: Fields, headers: ReadonlyMap<string, string>): number {
  const verdict = textAt(flow, 'verdict');
  const reason = textAt(flow, 'drop_reason_desc');
  const isDropped = verdict === 'DROPPED';
  // Envoy, which refuses requests by their content, gives no reason
  const isDenied = isDropped && (reason === undefined || DENIALS.has(reason));
  return (
    SPAN_FLAG.hasContext |
    (isDenied ? SPAN_FLAG.denied : 0) |
    (verdict === 'ERROR' || (isDropped && !isDenied) ? SPAN_FLAG.failed : 0) |
    (isOperationalAgent(headers.get('user-agent')) ? SPAN_FLAG.operational : 0)
  );
}

function httpStatusOf(http: Fields): number {
  const status = Math.floor(numberIn(http, 'code'));
  return status >= 100 && status <= 999 ? status : 0;
}

const MAX_HEADERS = 128;

function headersOf(http: unknown): ReadonlyMap<string, string> {
  return new Map(
    listAt(http, 'headers')
      .slice(0, MAX_HEADERS)
      .map((header) => [
        (textAt(header, 'key') ?? '').toLowerCase(),
        textAt(header, 'value') ?? '',
      ]),
  );
}

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;

/** Hubble tells the trace alone; the span that asked is in the headers, where they are told. */
function contextOf(
  flow: Fields,
  headers: ReadonlyMap<string, string>,
): Pick<SpanRow, 'traceId' | 'parentId'> {
  const context = traceContextOf({
    traceparent: headers.get('traceparent') ?? '',
    b3: headers.get('b3') ?? '',
    'x-b3-traceid': headers.get('x-b3-traceid') ?? '',
    'x-b3-spanid': headers.get('x-b3-spanid') ?? '',
  });
  if (context !== undefined) return context;
  const traceId = textAt(flow, 'trace_context', 'parent', 'trace_id') ?? '';
  return TRACE_ID.test(traceId) ? { traceId } : {};
}
