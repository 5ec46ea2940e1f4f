import {
  type SpanFields,
  toJsonRequest,
  toProtobufRequest,
} from '../../src/sources/otlp/testing/encode.ts';

/** One export request as an exporter sends it, of one service. */
export interface ExportRequest {
  readonly body: Buffer;
  readonly json: Buffer;
  readonly spanCount: number;
  /** Where trace ids start in `body`: their first bytes are set anew each time it is sent, so that no
   *  trace comes twice. */
  readonly traceIdsAt: readonly number[];
  /** Services, methods and routes that its SERVER spans name. */
  readonly routes: readonly string[];
}

const SERVICES = 40;
const ROUTES = 12;
const TRACES = 24_000;
const SPANS_A_REQUEST = 512;
/** One trace in so many calls a service that names no routes. */
const RAW_EVERY = 12;

/** Requests of equal shape whenever they are made: traces over several services, with SERVER, CLIENT
 *  and INTERNAL spans under the semantic conventions, of about 500 bytes each. */
export function makeTraffic(now: number): ExportRequest[] {
  const queues = Array.from({ length: SERVICES }, (): SpanFields[] => []);
  const requests: ExportRequest[] = [];
  const push = (service: number, span: SpanFields): void => {
    const queue = queues[service] ?? [];
    queue.push(span);
    if (queue.length >= SPANS_A_REQUEST) requests.push(toRequest(service, queue.splice(0)));
  };
  for (let trace = 0; trace < TRACES; trace++) addTrace(trace, now, push);
  return requests;
}

/** Sets the first four bytes of all trace ids. */
export function stamp({ body, traceIdsAt }: ExportRequest, round: number): void {
  for (const at of traceIdsAt) body.writeUInt32LE(round, at);
}

/** How many endpoints the spans name by a route. */
export function endpointsOf(requests: readonly ExportRequest[]): number {
  return new Set(requests.flatMap(({ routes }) => routes)).size;
}

function addTrace(
  trace: number,
  now: number,
  push: (service: number, span: SpanFields) => void,
): void {
  const random = randomOf(trace);
  const traceId = `00000000${hex(random, 24)}`;
  const startMs = now - Math.floor(random() * 1_000);
  let caller = 0;
  let parentSpanId = '';
  for (let hop = 0; hop < 3; hop++) {
    const called = hop === 0 ? 1 : 2 + Math.floor(random() * (SERVICES - 2));
    const call = requestOf(called, random, trace % RAW_EVERY === 0 && hop === 2);
    const client = { traceId, spanId: hex(random, 16), kind: 3, startMs, name: call.method };
    push(caller, {
      ...client,
      ...(parentSpanId !== '' && { parentSpanId }),
      attributes: clientAttributes(called, call),
    });
    const server = { traceId, spanId: hex(random, 16), parentSpanId: client.spanId, startMs };
    push(called, {
      ...server,
      kind: 2,
      name: `${call.method} ${call.route ?? ''}`,
      attributes: serverAttributes(called, call),
    });
    push(called, {
      traceId,
      spanId: hex(random, 16),
      parentSpanId: server.spanId,
      kind: 1,
      name: 'middleware - authorise',
      startMs,
      attributes: internalAttributes(called),
    });
    caller = called;
    parentSpanId = server.spanId;
  }
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly route: string | undefined;
  readonly status: number;
}

function requestOf(service: number, random: () => number, isRaw: boolean): Call {
  const number = Math.floor(random() * random() * ROUTES);
  const id = Math.floor(random() * 1e9);
  const base = `/api/v1/${RESOURCES[(service + number) % RESOURCES.length]}`;
  const isItem = number % 3 !== 0;
  return {
    method: number % 4 === 3 ? 'POST' : 'GET',
    path: isItem ? `${base}/${id}/items` : base,
    route: isRaw ? undefined : isItem ? `${base}/:id/items` : base,
    status: random() < 0.03 ? 500 : random() < 0.05 ? 404 : 200,
  };
}

const RESOURCES = ['orders', 'customers', 'invoices', 'shipments', 'products', 'carts', 'refunds'];
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

function serverAttributes(service: number, { method, path, route, status }: Call) {
  return {
    'http.request.method': method,
    'url.scheme': 'http',
    'url.path': path,
    'url.query': 'page=2&limit=50',
    ...(route !== undefined && { 'http.route': route }),
    'server.address': hostOf(service),
    'server.port': 8080,
    'network.protocol.version': '1.1',
    'network.peer.address': '10.42.7.113',
    'network.peer.port': 50_122,
    'client.address': '10.42.7.113',
    'user_agent.original': AGENT,
    'http.response.status_code': status,
  };
}

function clientAttributes(called: number, { method, path, status }: Call) {
  return {
    'http.request.method': method,
    'url.full': `http://${hostOf(called)}:8080${path}?page=2&limit=50`,
    'server.address': hostOf(called),
    'server.port': 8080,
    'network.protocol.version': '1.1',
    'network.peer.address': '10.96.12.7',
    'network.peer.port': 8080,
    'http.response.status_code': status,
    'http.request.body.size': 312,
    'http.response.body.size': 18_231,
    'thread.id': 41,
  };
}

function internalAttributes(service: number) {
  return {
    'code.function.name': `shop.service${service}.security.AuthorisationFilter.doFilter`,
    'code.file.path': `/app/src/main/java/shop/service${service}/security/AuthorisationFilter.java`,
    'code.line.number': 187,
    'thread.name': 'http-nio-8080-exec-7',
    'thread.id': 63,
    'app.policy': 'default-allow-authenticated-with-scope',
    'app.scope': 'orders:read orders:write customers:read',
    'app.decision': true,
    'app.tenant.region': 'eu-central-1',
  };
}

function hostOf(service: number): string {
  return `service-${service}.shop.svc.cluster.local`;
}

function toRequest(service: number, spans: SpanFields[]): ExportRequest {
  const resource = {
    'service.name': `service-${service}`,
    'service.version': '4.17.2',
    'k8s.namespace.name': 'shop',
    'k8s.pod.name': `service-${service}-7d9f8b6c5d-x2x7p`,
    'k8s.node.name': 'ip-10-42-7-113.eu-central-1.compute.internal',
    'deployment.environment.name': 'production',
    'telemetry.sdk.language': 'java',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '1.58.0',
  };
  const body = toProtobufRequest([{ resource, spans }]);
  return {
    body,
    json: Buffer.from(JSON.stringify(toJsonRequest([{ resource, spans }]))),
    spanCount: spans.length,
    routes: spans.flatMap(({ kind, attributes }) => {
      const route = attributes?.['http.route'];
      const method = attributes?.['http.request.method'];
      return kind === 2 && route !== undefined ? `service-${service} ${method} ${route}` : [];
    }),
    traceIdsAt: spans.map(({ traceId = '' }) => body.indexOf(Buffer.from(traceId, 'hex'))),
  };
}

function hex(random: () => number, digits: number): string {
  let text = '';
  while (text.length < digits)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, digits);
}

/** mulberry32: the same numbers in every run. */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
