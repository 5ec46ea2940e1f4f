import { describe, expect, it } from 'vitest';
import { type ResourceFields, type SpanFields, toJsonRequest } from '../testing/encode.ts';
import { decodeJson } from './decode-json.ts';
import { Intake, type IntakeLimits } from './intake.ts';

const LIMITS: IntakeLimits = { windowMs: 1_000, maxHalves: 100, maxGuessedTemplates: 3 };
const TRACE = 'a'.repeat(32);
const CALL = 'b'.repeat(16);

const client: SpanFields = {
  traceId: TRACE,
  spanId: CALL,
  kind: 3,
  attributes: { 'server.address': 'orders', 'server.port': 8080 },
};
const server: SpanFields = {
  traceId: TRACE,
  spanId: 'c'.repeat(16),
  parentSpanId: CALL,
  kind: 2,
  attributes: { 'http.request.method': 'GET', 'http.route': '/orders/:id' },
};

function of(service: string, ...spans: SpanFields[]): ResourceFields {
  return {
    resource: { 'service.name': service, 'service.namespace': 'shop' },
    spans,
  };
}

function take(intake: Intake, now: number, ...resources: ResourceFields[]) {
  const spans = decodeJson(Buffer.from(JSON.stringify(toJsonRequest(resources))));
  return intake.take(spans, now);
}

function said(taken: ReturnType<Intake['take']>): string[] {
  return [...taken.observations.values()].map((one) =>
    one.kind === 'endpoint'
      ? `${one.subject.by === 'name' ? one.subject.name : ''}: ${one.method} ${one.template}`
      : `${toName(one.from)} -> ${toName(one.to)} ${one.operation ?? '*'}`,
  );
}

function toName(subject: object): string {
  return 'name' in subject ? String(subject.name) : 'host' in subject ? String(subject.host) : '';
}

describe('traces that are taken in', () => {
  it('pair the two sides of a call, whichever comes first', () => {
    const call = 'web -> orders GET /orders/{id}';
    const callerFirst = new Intake(LIMITS);
    expect(said(take(callerFirst, 0, of('web', client)))).toEqual([]);
    expect(said(take(callerFirst, 500, of('orders', server)))).toContain(call);
    const calledFirst = new Intake(LIMITS);
    expect(said(take(calledFirst, 0, of('orders', server)))).toEqual(['orders: GET /orders/{id}']);
    expect(said(take(calledFirst, 500, of('web', client)))).toEqual([call]);
  });

  it('do not pair over another trace, nor after the window', () => {
    const other = new Intake(LIMITS);
    take(other, 0, of('web', { ...client, traceId: 'd'.repeat(32) }));
    expect(said(take(other, 0, of('orders', server)))).toEqual(['orders: GET /orders/{id}']);
    const late = new Intake(LIMITS);
    take(late, 0, of('web', client));
    take(late, 1_500);
    expect(said(take(late, 1_500, of('orders', server)))).toEqual(['orders: GET /orders/{id}']);
  });

  it('say an unanswered call by its address, once the window is over', () => {
    const intake = new Intake(LIMITS);
    expect(said(take(intake, 0, of('web', client)))).toEqual([]);
    const taken = take(intake, 1_001);
    expect([...taken.observations.values()]).toEqual([
      expect.objectContaining({
        kind: 'call',
        port: 8080,
        to: { by: 'address', host: 'orders', port: 8080, known: true, namespace: 'shop' },
      }),
    ]);
  });

  it('pair again when an export is sent again', () => {
    const intake = new Intake(LIMITS);
    take(intake, 0, of('orders', server));
    const first = said(take(intake, 0, of('web', client)));
    expect(said(take(intake, 0, of('web', client)))).toEqual(first);
  });

  it('find no call in a service that calls itself', () => {
    const intake = new Intake(LIMITS);
    expect(said(take(intake, 0, of('orders', client, server)))).toEqual([
      'orders: GET /orders/{id}',
    ]);
  });

  it('are refused without a name of their own, with the reason', () => {
    const intake = new Intake(LIMITS);
    for (const name of ['', 'unknown_service:node', 'a b', 'a/b', 'x'.repeat(201)]) {
      const taken = take(intake, 0, of(name, server));
      expect(taken.rejectedSpans, name).toBe(1);
      expect(taken.reasons[0]).toMatch(/service\.name/);
    }
  });

  it('are refused without identifiers', () => {
    const taken = take(new Intake(LIMITS), 0, of('orders', { ...server, traceId: '0'.repeat(32) }));
    expect(taken).toMatchObject({
      rejectedSpans: 1,
      reasons: ['spans need a trace id and a span id'],
    });
  });

  it('guess a bounded number of templates a service, and go on with those that are known', () => {
    const intake = new Intake(LIMITS);
    const visit = (path: string): SpanFields => ({
      ...server,
      attributes: { 'http.method': 'GET', 'url.path': path },
    });
    const taken = take(intake, 0, of('orders', ...['/a', '/b', '/c', '/d', '/a'].map(visit)));
    expect(said(taken)).toEqual(['orders: GET /a', 'orders: GET /b', 'orders: GET /c']);
    expect(taken.rejectedSpans).toBe(1);
    expect(said(take(intake, 0, of('other', visit('/d'))))).toEqual(['other: GET /d']);
  });

  it('cost memory by the window, not by the traffic', () => {
    const intake = new Intake(LIMITS);
    for (let call = 1; call < 1_000; call++) {
      const spanId = call.toString(16).padStart(16, '0');
      take(intake, call, of('web', { ...client, spanId }));
      take(intake, call, of('orders', { ...server, parentSpanId: `f${spanId.slice(1)}` }));
    }
    expect(intake.waitingCount).toBeLessThanOrEqual(2 * LIMITS.maxHalves + 2);
  });

  it('go on after a restart with what waited', () => {
    const before = new Intake(LIMITS);
    const { waiting } = take(before, 0, of('web', client));
    const after = new Intake(LIMITS);
    after.restore(waiting);
    expect(said(take(after, 100, of('orders', server)))).toContain(
      'web -> orders GET /orders/{id}',
    );
  });

  it('name the environment and the namespace by new and old names', () => {
    const resource = {
      'service.name': 'orders',
      'service.namespace': 'logical',
      'k8s.namespace.name': 'shop',
      'deployment.environment': 'production',
    };
    const taken = take(new Intake(LIMITS), 0, { resource, spans: [server] });
    expect([...taken.observations.values()][0]).toMatchObject({
      subject: { by: 'name', name: 'orders', namespace: 'shop', environment: 'production' },
    });
  });
});
