/** A small shop's traces as OTLP JSON: two hours as usual, and then somebody who has taken over `web`. */

export const STORY_START = Date.UTC(2026, 0, 5, 8);
const MINUTE = 60_000;

interface Sent {
  readonly from: string;
  readonly to: string;
  readonly operation: string;
  readonly at: number;
  readonly status?: number;
  /** Who he says that he is, where that is somebody else. */
  readonly claims?: string;
  /** SPIFFE account that the one called has verified. */
  readonly proved?: string;
  readonly calls?: readonly Omit<Sent, 'from' | 'at'>[];
}

/** Requests of OTLP, one for each trace. */
export function storyRequests(): object[] {
  const traces = [
    ...Array.from({ length: 240 }, (_, minute) => usual(minute)),
    ...[125, 126, 128].map((minute, step) => intrusion(minute, step)),
  ].sort((a, b) => a.at - b.at);
  return traces.map((sent, index) => toRequest(sent, index + 1));
}

export function storyLines(): string {
  return storyRequests()
    .map((request) => `${JSON.stringify(request)}\n`)
    .join('');
}

function usual(minute: number): Sent {
  const order = minute % 40;
  return {
    ...{ from: '', to: 'web', operation: 'GET /checkout', at: STORY_START + minute * MINUTE },
    calls: [
      {
        ...{ to: 'orders', operation: `POST /orders`, proved: 'web' },
        calls: [
          { to: 'stock', operation: `GET /items/${order}`, proved: 'orders' },
          { to: 'payments', operation: 'POST /v1/charges', proved: 'orders' },
        ],
      },
    ],
  };
}

/** Looks around from `web`, and then reads cards as if it were `orders`. */
function intrusion(minute: number, step: number): Sent {
  const targets = [
    { to: 'stock', operation: 'GET /admin/export', proved: 'web', status: 403 },
    { to: 'payments', operation: 'GET /v1/cards', proved: 'web', claims: 'orders' },
    { to: 'payments', operation: 'GET /v1/cards/export', proved: 'web', claims: 'orders' },
  ];
  const target = targets[step] ?? targets[0];
  return {
    ...{ from: '', to: 'web', operation: 'GET /checkout' },
    at: STORY_START + minute * MINUTE + 30_000,
    calls: target ? [target] : [],
  };
}

function toRequest(sent: Sent, trace: number): object {
  const spans = new Map<string, object[]>();
  let spanCount = 0;
  const traceId = trace.toString(16).padStart(32, '0');
  const newId = () => (trace * 1_000 + ++spanCount).toString(16).padStart(16, '0');
  const tell = (service: string, span: object) => {
    spans.set(service, [...(spans.get(service) ?? []), { traceId, ...span }]);
  };
  const add = (one: Sent, parentSpanId: string, depth: number): void => {
    const [method = '', path = ''] = one.operation.split(' ');
    const time = (ms: number) => ({
      startTimeUnixNano: `${one.at + ms}000000`,
      endTimeUnixNano: `${one.at + 100 - ms}000000`,
    });
    const status = attribute('http.response.status_code', one.status ?? 200);
    let parent = parentSpanId;
    if (one.from !== '') {
      const spanId = newId();
      tell(one.claims ?? one.from, {
        ...{ spanId, parentSpanId: parent, kind: 3, name: method, ...time(depth * 4 + 1) },
        attributes: [
          attribute('http.request.method', method),
          attribute('server.address', one.to),
          attribute('url.full', `http://${one.to}:8080${path}`),
          status,
        ],
      });
      parent = spanId;
    }
    const spanId = newId();
    const proof = one.proved
      ? [attribute('reeve.mtls.peer', `spiffe://example.org/ns/shop/sa/${one.proved}`)]
      : [];
    tell(one.to, {
      ...{ spanId, ...(parent && { parentSpanId: parent }), kind: 2, name: method },
      ...time(depth * 4 + 2),
      attributes: [
        attribute('http.request.method', method),
        attribute('url.path', path),
        status,
        ...proof,
      ],
    });
    for (const call of one.calls ?? []) {
      add({ ...call, from: one.to, at: one.at }, spanId, depth + 1);
    }
  };
  add(sent, '', 0);
  return {
    resourceSpans: [...spans].map(([service, own]) => ({
      resource: { attributes: [attribute('service.name', service)] },
      scopeSpans: [{ spans: own }],
    })),
  };
}

function attribute(key: string, value: string | number): object {
  return {
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  };
}
