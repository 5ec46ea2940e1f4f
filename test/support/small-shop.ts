import { setTimeout as sleep } from 'node:timers/promises';
import { type ResourceFields, toProtobufRequest } from '../../src/sources/otlp/testing/encode.ts';

export const DAY_MS = 86_400_000;
const EVERYBODY = ['web', 'orders', 'payments', 'mail'];

/** One request from one service to another, told by both. */
export interface Told {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly at: number;
  readonly trace: number;
}

export const hex = (number: number, digits: number): string =>
  number.toString(16).padStart(digits, '0');
let spanCount = 0;

/** What both sides of a request tell of it. */
export function spansOf({ from, to, path, at, trace }: Told): ResourceFields[] {
  const traceId = hex(trace + 1, 32);
  const [asked, answered] = [hex(++spanCount, 16), hex(++spanCount, 16)];
  const attributes = { 'http.request.method': 'GET', 'url.path': path };
  const timed = { traceId, startMs: at, durationMs: 5 };
  return [
    {
      resource: { 'service.name': from, 'service.namespace': 'shop' },
      spans: [
        {
          ...timed,
          spanId: asked,
          kind: 3,
          attributes: { ...attributes, 'server.address': `${to}.shop.svc` },
        },
      ],
    },
    {
      resource: { 'service.name': to, 'service.namespace': 'shop' },
      spans: [{ ...timed, spanId: answered, parentSpanId: asked, kind: 2, attributes }],
    },
  ];
}

export const WEB = 'test/shop/web';
export const ORDERS = 'test/shop/orders';
export const PAYMENTS = 'test/shop/payments';
export const MAIL = 'test/shop/mail';

/** Files of a small shop whose mail has never called its payments. */
export const estate = Object.fromEntries(
  EVERYBODY.map((name) => [
    `${name}/reeve.yaml`,
    [
      'apiVersion: reeve.dev/v1',
      'kind: Service',
      `metadata: { name: ${name}, namespace: shop, owner: team-${name} }`,
      'spec:',
      ...(name === 'payments' ? ['  sensitivity: [pci]', '  criticality: critical'] : []),
      ...(name === 'web'
        ? ['  calls: [{ service: orders, operations: ["GET /orders/{id}"] }]']
        : ['  calls: []']),
      '',
    ].join('\n'),
  ]),
);

/** A month of ordinary days. */
export function ordinary(now: number): Told[] {
  return Array.from({ length: 28 * 12 }, (_, index) => {
    const at = now - 28 * DAY_MS + Math.floor(index / 12) * DAY_MS + (index % 12) * 3_600_000;
    return [
      { from: 'web', to: 'orders', path: `/orders/${1_000 + index}`, at, trace: index },
      { from: 'orders', to: 'mail', path: '/mails', at: at + 60_000, trace: 100_000 + index },
    ];
  }).flat();
}

/** Somebody in the mail goes for the cards. */
export function theft(now: number, trace = 900_000): Told[] {
  return [
    { from: 'mail', to: 'orders', path: '/orders/17', at: now - 300, trace },
    { from: 'mail', to: 'payments', path: '/cards/17', at: now - 200, trace },
    { from: 'mail', to: 'payments', path: '/cards/export', at: now - 100, trace },
  ];
}

/** Sends spans as a workload does: the answer's status. */
export async function post(
  otlpOrigin: string,
  resources: readonly ResourceFields[],
): Promise<number> {
  const { status } = await fetch(`${otlpOrigin}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(toProtobufRequest(resources)),
  });
  return status;
}

export const send = (otlpOrigin: string, told: readonly Told[]): Promise<number> =>
  post(otlpOrigin, told.flatMap(spansOf));

/** Asks until it is so, or the time that it may take is over. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  isSo: (answer: Answer) => boolean,
  withinMs = 20_000,
): Promise<Answer> {
  const until = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isSo(answer) || performance.now() > until) return answer;
    await sleep(100);
  }
}
