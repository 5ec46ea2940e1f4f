/** What one collector sends in one request, of the services of its node. */
export interface NodeExport {
  readonly body: Buffer;
  readonly spanCount: number;
  /** Where the four bytes of trace ids begin that are set anew each time; times follow at fixed places. */
  readonly spansAt: Uint32Array;
  /** Microseconds from the beginning of its trace. */
  readonly startsUs: Uint32Array;
  /** Requests of one round hold both sides of the same traces. */
  readonly round: number;
}

export interface TrafficShape {
  readonly services: number;
  /** Of collectors. */
  readonly nodes: number;
  readonly rounds: number;
}

/** What each service asks each of its callees for. */
const ENDPOINTS = 5;
const CALLEES = 4;
const SPAN_MS = 4;
/** A trace id begins so until it is sent. */
const MARK = '\x0a\x10RVTR';
const ID_AT = 2;
const START_AT = 19;
const END_AT = 28;

/** Traces in which every service asks four others for five things each, and nobody asks two things alike: with 10,000
 *  services 40,000 edges between services and 200,000 to endpoints, beside those from outside. A trace is one request
 *  from outside, eight calls of two services, and both sides of each, sent by different nodes. Spans take about 380 bytes. */
export function makeTraffic({ services, nodes, rounds }: TrafficShape): NodeExport[] {
  const exports: NodeExport[] = [];
  const perRound = Math.ceil(services / 2 / rounds);
  for (let round = 0; round < rounds; round++) {
    const drafts = Array.from({ length: nodes }, () => new Draft());
    const put = (service: number, span: string, startUs: number): void => {
      drafts[service % nodes]?.add(service, span, startUs);
    };
    for (let pair = round * perRound; pair < Math.min((round + 1) * perRound, services / 2); pair++)
      for (let endpoint = 0; endpoint < ENDPOINTS; endpoint++)
        addTrace(pair * 2, endpoint, services, put);
    for (const draft of drafts) if (draft.size > 0) exports.push(draft.toExport(round));
  }
  return exports;
}

/** Has the spans be of now, in traces of their own.
 *  @param pass other each time that the same is sent */
export function stamp(one: NodeExport, pass: number, startMs: number): void {
  const { body, spansAt, startsUs } = one;
  for (let span = 0; span < spansAt.length; span++) {
    const at = spansAt[span] ?? 0;
    body.writeUInt32LE(pass, at + ID_AT);
    const startNs = BigInt(Math.floor(startMs * 1_000) + (startsUs[span] ?? 0)) * 1_000n;
    body.writeBigUInt64LE(startNs, at + START_AT);
    body.writeBigUInt64LE(startNs + BigInt(SPAN_MS) * 1_000_000n, at + END_AT);
  }
}

/** One span each of services that nobody has heard of. */
export function forgedExport(from: number, count: number, now: number): Buffer {
  const spans = Array.from({ length: count }, (_, place) => {
    const service = from + place;
    const ids = { trace: 0x10000000 + service, span: service + 1, parent: 0 };
    const called = { kind: 2, name: 'GET /x', attributes: serverAttributes(service, 0) };
    return bytes(1, resourceOf(service, 'forged') + bytes(2, bytes(2, spanOf(ids, called))));
  });
  const body = Buffer.from(spans.join(''), 'latin1');
  const draft = { body, spanCount: count, ...placesOf(body), round: 0 };
  stamp({ ...draft, startsUs: new Uint32Array(count) }, 0xfeed, now);
  return body;
}

type Put = (service: number, span: string, startUs: number) => void;

/** A service is asked from outside, asks four, and the first of them asks four more. */
function addTrace(first: number, endpoint: number, services: number, put: Put): void {
  const trace = first * ENDPOINTS + endpoint + 1;
  let spans = 0;
  const called = (caller: number, service: number, parent: number, asked: number): number => {
    const ids = { trace, span: ++spans, parent };
    const said = { kind: 2, name: 'GET', attributes: serverAttributes(service, asked, caller) };
    put(service, spanOf(ids, said), spans * 200);
    return ids.span;
  };
  const calls = (caller: number, parent: number): number => {
    const below: number[] = [];
    for (let turn = 0; turn < CALLEES; turn++) {
      const callee = calleeOf(caller, turn, services);
      const asked = turn * ENDPOINTS + endpoint;
      const ids = { trace, span: ++spans, parent };
      const said = { kind: 3, name: 'GET', attributes: clientAttributes(callee, asked) };
      put(caller, spanOf(ids, said), spans * 200);
      below.push(called(caller, callee, ids.span, asked));
    }
    return below[0] ?? 0;
  };
  const root = called(services, first, 0, endpoint);
  calls(calleeOf(first, 0, services), calls(first, root));
}

function calleeOf(service: number, turn: number, services: number): number {
  if (turn === 0) return (service + 1) % services;
  return (service * 7 + 1 + turn * 2_503) % services;
}

/** What one node sends in one round. */
class Draft {
  readonly #spans = new Map<number, string[]>();
  readonly #starts = new Map<number, number[]>();
  size = 0;

  add(service: number, span: string, startUs: number): void {
    const spans = this.#spans.get(service) ?? [];
    const starts = this.#starts.get(service) ?? [];
    spans.push(bytes(2, span));
    starts.push(startUs);
    this.#spans.set(service, spans);
    this.#starts.set(service, starts);
    this.size++;
  }

  toExport(round: number): NodeExport {
    const resources = [...this.#spans].map(([service, spans]) =>
      bytes(1, resourceOf(service, 'crowd') + bytes(2, spans.join(''))),
    );
    const body = Buffer.from(resources.join(''), 'latin1');
    const startsUs = Uint32Array.from([...this.#starts.values()].flat());
    return { body, spanCount: this.size, ...placesOf(body), startsUs, round };
  }
}

function placesOf(body: Buffer): Pick<NodeExport, 'spansAt'> {
  const mark = Buffer.from(MARK, 'latin1');
  const places: number[] = [];
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + 1)) places.push(at);
  return { spansAt: Uint32Array.from(places) };
}

interface SpanIds {
  readonly trace: number;
  readonly span: number;
  /** 0: none. */
  readonly parent: number;
}

interface SaidOfSpan {
  /** 2 server, 3 client. */
  readonly kind: number;
  readonly name: string;
  readonly attributes: string;
}

/** @see opentelemetry/proto/trace/v1/trace.proto: fields may stand in any order */
function spanOf({ trace, span, parent }: SpanIds, { kind, name, attributes }: SaidOfSpan): string {
  const traceId = `${MARK.slice(ID_AT)}${word(trace)}${word(trace * 3 + 1)}${word(trace * 7 + 5)}`;
  const times = `\x39${'\x01'.repeat(8)}\x41${'\x01'.repeat(8)}`;
  const ids = bytes(2, spanId(trace, span)) + (parent === 0 ? '' : bytes(4, spanId(trace, parent)));
  return `${bytes(1, traceId)}${times}${ids}${bytes(5, name)}\x30${varint(kind)}${attributes}`;
}

function spanId(trace: number, span: number): string {
  return word(trace * 64 + span) + word(span);
}

/** Spread, as ids are. */
function word(seed: number): string {
  const value = Math.imul(seed, 0x9e3779b1) >>> 0;
  return String.fromCharCode(
    ...[value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24],
  );
}

function resourceOf(service: number, namespace: string): string {
  const name = `service-${service}`;
  const said = {
    'service.name': name,
    'service.namespace': namespace,
    'service.version': '4.17.2',
    'service.instance.id': `${name}-7d9f8b6c5d-x2x7p`,
    'deployment.environment.name': 'production',
    'k8s.pod.name': `${name}-7d9f8b6c5d-x2x7p`,
    'telemetry.sdk.language': 'java',
  };
  return bytes(1, attributesOf(1, said));
}

function serverAttributes(service: number, asked: number, caller = 0): string {
  return attributesOf(9, {
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'url.path': `/v1/things-${asked}/${service + 100_000}`,
    'http.route': `/v1/things-${asked}/{id}`,
    'server.address': hostOf(service),
    'network.peer.address': `10.${caller >> 16}.${(caller >> 8) & 255}.${caller & 255}`,
    'http.response.status_code': 200,
  });
}

function clientAttributes(called: number, asked: number): string {
  return attributesOf(9, {
    'http.request.method': 'GET',
    'url.full': `http://${hostOf(called)}:8080/v1/things-${asked}/${called + 100_000}`,
    'server.address': hostOf(called),
    'server.port': 8_080,
    'network.protocol.version': '1.1',
    'http.response.status_code': 200,
  });
}

function hostOf(service: number): string {
  return `service-${service}.crowd.svc.cluster.local`;
}

/** Protobuf as text of one byte a character, which is quick to put together. */
function attributesOf(field: number, values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([key, value]) => {
      const any = typeof value === 'string' ? bytes(1, value) : `\x18${varint(value)}`;
      return bytes(field, bytes(1, key) + bytes(2, any));
    })
    .join('');
}

function bytes(field: number, content: string): string {
  return `${String.fromCharCode((field << 3) | 2)}${varint(content.length)}${content}`;
}

function varint(value: number): string {
  let text = '';
  let rest = value;
  for (; rest > 127; rest >>>= 7) text += String.fromCharCode((rest & 127) | 128);
  return text + String.fromCharCode(rest);
}
