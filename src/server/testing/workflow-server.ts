import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../assurance/index.ts';
import { toTimestamp } from '../../base/clock.ts';
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
import { openAuditKey } from '../audit/audit.ts';
import { AuditConfig } from '../audit/config.ts';
import { type DecisionPorts, Decisions } from '../decisions.ts';
import { auditOperations } from '../http/routes/audit.ts';
import { decisionOperations } from '../http/routes/decisions.ts';
import { inventoryOperations } from '../http/routes/inventory.ts';
import { listOperations } from '../http/routes/lists.ts';
import { templateOperations } from '../http/routes/templates.ts';
import { summarise } from '../summaries.ts';
import { type ApiServer, serveOperations } from './api-server.ts';

/** The API of the workflow over an embedded store, with the judges and without what feeds them. */
export interface WorkflowServer extends ApiServer {
  readonly store: EstateStore;
}

export async function startWorkflowServer(
  now: number,
  ports: Partial<DecisionPorts> = {},
): Promise<WorkflowServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-workflow-'));
  const clock = () => now;
  const auditKey = openAuditKey(AuditConfig.parse({}), folder, 'example.org', clock);
  const store = await openStore({ kind: 'sqlite', folder }, auditKey.seal);
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
  const api = await serveOperations(
    [
      ...listOperations(store),
      ...decisionOperations(decisions),
      ...templateOperations(decisions),
      ...auditOperations({ store, key: auditKey.key, witnesses: () => [] }),
      ...inventoryOperations({
        store,
        intake: () => ({ counts, services: 1, nodes: 9, waiting: 0, journalBytes: 512 }),
      }),
    ],
    () => now,
    { Endpoint },
  );
  return {
    ...api,
    store,
    close: async () => {
      await api.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Judges and publishes what a store holds. */
export async function judgeStored(store: EstateStore, now: number): Promise<boolean> {
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
