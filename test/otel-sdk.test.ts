import { context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, Endpoint } from '../src/estate/index.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

/** A service that is instrumented with the SDK. */
function providerOf(name: string, exporter: SpanExporter): NodeTracerProvider {
  return new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': name, 'service.namespace': 'shop' }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
}

/** A request from one service to another, as instrumentation of HTTP records it. */
function request(caller: NodeTracerProvider, called: NodeTracerProvider, id: number): void {
  const outgoing = caller.getTracer('http').startSpan('GET', {
    kind: SpanKind.CLIENT,
    attributes: { 'http.request.method': 'GET', 'url.full': `http://orders/orders/${id}` },
  });
  const incoming = called.getTracer('http').startSpan(
    'GET /orders/{id}',
    {
      kind: SpanKind.SERVER,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/orders/:id',
        'url.path': `/orders/${id}`,
        'http.response.status_code': id === 0 ? 404 : 200,
      },
    },
    trace.setSpan(context.active(), outgoing),
  );
  for (const span of [incoming, outgoing] satisfies Span[]) span.end();
}

/** All of a list of the API. */
async function list<Item>(path: string): Promise<readonly Item[]> {
  const { items } = await server.get<{ items: readonly Item[] }>(`/api/v1/${path}?limit=200`);
  return items;
}

const EXPORTERS: readonly (readonly [protocol: string, create: () => SpanExporter])[] = [
  ['protobuf over HTTP', () => new ProtobufExporter({ url: `${server.otlpOrigin}/v1/traces` })],
  ['JSON over HTTP', () => new JsonExporter({ url: `${server.otlpOrigin}/v1/traces` })],
  ['gRPC', () => new GrpcExporter({ url: `http://${server.otlpGrpcAddress}` })],
];

describe('the OpenTelemetry SDK for Node', () => {
  it.each(EXPORTERS)('shows endpoints and calls by %s', async (protocol, create) => {
    const name = protocol.toLowerCase().replaceAll(' ', '-');
    const caller = providerOf(`web-${name}`, create());
    const called = providerOf(`orders-${name}`, create());
    try {
      for (let id = 0; id < 20; id++) request(caller, called, id);
      await Promise.all([caller.forceFlush(), called.forceFlush()]);
    } finally {
      await Promise.all([caller.shutdown(), called.shutdown()]);
    }
    await server.settle();
    const service = `test/shop/orders-${name}`;
    const endpoints = (await list<Endpoint>('endpoints')).filter((one) => one.service === service);
    expect(endpoints).toMatchObject([
      { method: 'GET', template: '/orders/{id}', observed: true, status: 'shadow' },
    ]);
    expect(endpoints[0]?.traffic).toMatchObject({
      requests: 20,
      statuses: { 200: 19, 404: 1 },
      callers: [{ service: `test/shop/web-${name}` }],
    });
    const calls = (await list<Call>('calls')).filter(({ to }) => to === service);
    expect(calls).toMatchObject([
      { from: `test/shop/web-${name}`, operation: 'GET /orders/{id}', authentication: 'unknown' },
    ]);
  });
});
