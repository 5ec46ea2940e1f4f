import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ResourceFields, toProtobufRequest } from '../../src/sources/otlp/testing/encode.ts';
import { type TestServer, writeFolder } from './server.ts';

/** One request from one service to another, told by both. */
export interface Told {
  /** Its name, or its namespace and its name: `pay/cards`. */
  readonly from: string;
  readonly to: string;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly trace: number;
  readonly status?: number;
  /** The span that it is part of: the place of an earlier one of the same list. */
  readonly within?: number;
}

export const DAY_MS = 86_400_000;
const NAMESPACE = 'shop';

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

/** The id of a trace by its number. */
export const traceIdOf = (trace: number): string =>
  createHash('sha256').update(`trace ${trace}`).digest('hex').slice(0, 32);

/** Spans of requests, each with a number of its own from `firstSpan` on. */
export function spansOf(told: readonly Told[], firstSpan: number): ResourceFields[] {
  const answeredBy = (place: number): string => hex(firstSpan + place * 2 + 1, 16);
  return told.flatMap(({ from, to, path, at, trace, status = 200, within }, place) => {
    const asked = hex(firstSpan + place * 2, 16);
    const attributes = {
      'http.request.method': 'GET',
      'url.path': path,
      'http.response.status_code': status,
    };
    const timed = { traceId: traceIdOf(trace), startMs: at, durationMs: 40 };
    const parent = within === undefined ? {} : { parentSpanId: answeredBy(within) };
    const resource = (service: string) => {
      const [namespace, name] = placeOf(service);
      return { 'service.name': name, 'service.namespace': namespace };
    };
    const [calledIn, called] = placeOf(to);
    return [
      {
        resource: resource(from),
        spans: [
          {
            ...timed,
            ...parent,
            spanId: asked,
            kind: 3,
            attributes: { ...attributes, 'server.address': `${called}.${calledIn}.svc` },
          },
        ],
      },
      {
        resource: resource(to),
        spans: [
          {
            ...timed,
            startMs: at + 5,
            durationMs: 30,
            spanId: answeredBy(place),
            parentSpanId: asked,
            kind: 2,
            attributes,
          },
        ],
      },
    ];
  });
}

function placeOf(service: string): readonly [namespace: string, name: string] {
  const [namespace = '', name] = service.split('/');
  return name === undefined ? [NAMESPACE, service] : [namespace, name];
}

/** Hands spans to a server as exporters do.
 *  @throws {Error} where they are refused */
export async function sendSpans(
  server: TestServer,
  resources: readonly ResourceFields[],
): Promise<void> {
  const answer = await fetch(`${server.otlpOrigin}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(toProtobufRequest(resources)),
  });
  if (!answer.ok) throw new Error(`spans were refused: ${answer.status} ${await answer.text()}`);
}

/** A service of which Reeve is told, with whom it calls and what it holds. */
export function declared(
  name: string,
  { calls = [], sensitivity = [] }: { calls?: readonly string[]; sensitivity?: readonly string[] },
): Readonly<Record<string, string>> {
  return {
    [`${name}/reeve.yaml`]: JSON.stringify({
      apiVersion: 'reeve.dev/v1',
      kind: 'Service',
      metadata: { name, namespace: NAMESPACE, owner: `team-${name}` },
      spec: {
        ...(sensitivity.length > 0 && { sensitivity, criticality: 'critical' }),
        calls: calls.map((service) => ({ service, operations: ['*'] })),
      },
    }),
  };
}

/** Asks until it is so.
 *  @throws {Error} where it is not after half a minute */
export async function eventually<Answer>(
  server: TestServer,
  path: string,
  isSo: (answer: Answer) => boolean,
): Promise<Answer> {
  const until = performance.now() + 30_000;
  for (;;) {
    const answer = await server.get<Answer>(path);
    if (isSo(answer)) return answer;
    if (performance.now() > until) throw new Error(`${path} says ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}

/** A month of ordinary days: web asks orders, which asks mail, twelve times a day. */
export function ordinaryMonth(now: number): Told[] {
  return Array.from({ length: 28 * 12 }, (_, index) => {
    const at = now - 28 * DAY_MS + Math.floor(index / 12) * DAY_MS + (index % 12) * 3_600_000;
    return [
      { from: 'web', to: 'orders', path: `/orders/${1_000 + index}`, at, trace: index },
      { from: 'orders', to: 'mail', path: '/mails', at: at + 60_000, trace: 100_000 + index },
    ];
  }).flat();
}

/** Somebody who has mail reaches payments by way of orders, in one trace. */
export function lateralMovement(now: number, trace: number): Told[] {
  return [
    { from: 'mail', to: 'orders', path: '/orders/17', at: now - 600, trace },
    { from: 'mail', to: 'payments', path: '/cards/17', at: now - 400, trace },
    { from: 'mail', to: 'payments', path: '/cards/export', at: now - 300, trace },
    { from: 'payments', to: 'vault', path: '/keys', at: now - 280, trace, within: 2, status: 403 },
  ];
}

/** An estate in which that can happen; to be removed after it was read. */
export const tracedEstate = (): ReturnType<typeof writeFolder> =>
  writeFolder({
    ...declared('web', { calls: ['orders'] }),
    ...declared('orders', { calls: ['mail'] }),
    ...declared('mail', {}),
    ...declared('payments', { sensitivity: ['pci'] }),
    ...declared('vault', {}),
  });
