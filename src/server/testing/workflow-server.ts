import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../assurance/index.ts';
import { toTimestamp } from '../../base/clock.ts';
import { randomToken } from '../../base/ids.ts';
import { createLog } from '../../base/log.ts';
import {
  Endpoint,
  type EndpointFact,
  type EstateStore,
  endpointId,
  type Fact,
  type Source,
  serviceId,
  type TrafficOf,
  toRecords,
} from '../../estate/index.ts';
import { openStore } from '../../estate/store/index.ts';
import { someTraffic } from '../../estate/store/testing/estate.ts';
import { decisionToFact } from '../../inventory/index.ts';
import { Authenticator } from '../auth/authenticator.ts';
import { RateLimiter } from '../auth/rate.ts';
import { Sessions } from '../auth/sessions.ts';
import { type DecisionPorts, Decisions } from '../decisions.ts';
import { buildApp } from '../http/app.ts';
import { ConsoleAssets } from '../http/console.ts';
import { auditOperations } from '../http/routes/audit.ts';
import { decisionOperations } from '../http/routes/decisions.ts';
import { inventoryOperations } from '../http/routes/inventory.ts';
import { listOperations } from '../http/routes/lists.ts';
import { templateOperations } from '../http/routes/templates.ts';
import { hostNamesOf } from '../loopback.ts';
import { createMetrics } from '../metrics.ts';
import { summarise } from '../summaries.ts';

/** The API of the workflow over an embedded store, with the judges and without what feeds them. */
export interface WorkflowServer {
  readonly origin: string;
  readonly token: string;
  readonly cookie: string;
  readonly store: EstateStore;
  ask(path: string, init?: RequestInit): Promise<Response>;
  get<Answer>(path: string): Promise<Answer>;
  post(path: string, body: object): Promise<Response>;
  close(): Promise<void>;
}

const RATE = { burst: 10_000, perMinute: 10_000 };

export async function startWorkflowServer(
  now: number,
  ports: Partial<DecisionPorts> = {},
): Promise<WorkflowServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-workflow-'));
  const store = await openStore({ kind: 'sqlite', folder });
  const clock = () => now;
  const token = randomToken();
  const sessions = new Sessions({ maxAgeMs: 60_000, idleMs: 60_000 }, clock);
  let hostNames: ReadonlySet<string> = new Set();
  const decisions = new Decisions({
    store,
    clock,
    toFact: decisionToFact,
    judge: () => judgeStored(store, now),
    onCorrected: () => undefined,
    preview: async () => undefined,
    ...ports,
  });
  await store.replace('scan', someFacts(), toTimestamp(now));
  await store.replace('traffic:orders', seenFacts(), toTimestamp(now), seenTraffic());
  await judgeStored(store, now);
  const counts = [
    { source: 'otlp', outcome: 'taken', reason: '', count: 3, lastAt: toTimestamp(now) } as const,
  ];
  const app = buildApp({
    operations: [
      ...listOperations(store),
      ...decisionOperations(decisions),
      ...templateOperations(decisions),
      ...auditOperations(store),
      ...inventoryOperations({
        store,
        intake: () => ({ counts, services: 1, nodes: 9, waiting: 0, journalBytes: 512 }),
      }),
    ],
    schemas: { Endpoint },
    guard: {
      authenticator: new Authenticator(token, sessions, 'reeve_session'),
      failures: new RateLimiter(RATE, clock),
      requests: new RateLimiter(RATE, clock),
      hostNames: () => hostNames,
      scheme: 'http',
    },
    console: new ConsoleAssets(join(folder, 'none')),
    metrics: createMetrics(),
    log: createLog('silent'),
    version: '0',
    tls: undefined,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  hostNames = hostNamesOf('127.0.0.1', port, []);
  const origin = `http://127.0.0.1:${port}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${origin}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  return {
    origin,
    token,
    cookie: `reeve_session=${sessions.open()}`,
    store,
    ask,
    get: async <Answer>(path: string) => (await (await ask(path)).json()) as Answer,
    post: (path, body) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    close: async () => {
      await app.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function judgeStored(store: EstateStore, now: number): Promise<boolean> {
  const records = toRecords((await store.facts()).map(({ fact }) => fact));
  const judged = judge(records, toTimestamp(now), await store.traffic());
  await store.publish(judged, toTimestamp(now), summarise(judged));
  return true;
}

export const ORDERS = serviceId('production', 'shop', 'orders');
export const WEB = serviceId('production', 'shop', 'web');

/** `GET /orders` of orders is declared and seen, `/orders/{id}` and a gRPC method are only seen, and
 *  nobody owns web, whose `GET /orders` is implemented. */
export function idOf(method: string, template: string, service = ORDERS): string {
  return endpointId(service, method === 'RPC' ? 'grpc' : 'http', method, template);
}

const declared: Source = { reader: 'openapi', how: 'declared', file: 'openapi.yaml', line: 4 };
const implemented: Source = { reader: 'express', how: 'implemented', file: 'web.ts', line: 9 };
const seen: Source = { reader: 'otlp', how: 'observed' };

function endpoint(
  method: string,
  template: string,
  source: Source,
  service = ORDERS,
): EndpointFact {
  return {
    entity: 'endpoint',
    id: idOf(method, template, service),
    service,
    protocol: method === 'RPC' ? 'grpc' : 'http',
    method,
    template,
    source,
  };
}

function someFacts(): Fact[] {
  const services = [
    { name: 'orders', owner: { owner: 'team-orders', rank: 'declaration' } as const },
    { name: 'web' },
  ].map((said): Fact => {
    const id = serviceId('production', 'shop', said.name);
    const place = { environment: 'production', namespace: 'shop' };
    return { entity: 'service', id, ...place, ...said, source: declared };
  });
  return [
    ...services,
    endpoint('GET', '/orders', declared),
    endpoint('GET', '/orders', implemented, WEB),
  ];
}

const SEEN = [
  ['GET', '/orders'],
  ['GET', '/orders/{id}'],
  ['DELETE', '/orders/{id}'],
  ['RPC', '/shop.Orders/List'],
] as const;

function seenFacts(): Fact[] {
  return [
    ...SEEN.map(([method, template]) => endpoint(method, template, seen)),
    { ...endpoint('GET', '/.env', seen), doubt: 'probe' },
  ];
}

function seenTraffic(): TrafficOf[] {
  const traffic = someTraffic({ callers: [{ service: WEB, requests: 60, isProved: false }] });
  return [
    ...SEEN.map(([method, template]) => ({ id: idOf(method, template), ...traffic })),
    { id: idOf('GET', '/.env'), ...traffic, statuses: { 404: 60 } },
  ];
}
