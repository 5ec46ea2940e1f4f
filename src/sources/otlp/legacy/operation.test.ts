import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationOf, toOperationText } from './operation.ts';
import type { Span, SpanKind } from './span.ts';
import { toTemplate } from './template.ts';

function span(kind: SpanKind, attributes: Readonly<Record<string, string>>): Span {
  return {
    traceId: 'a1',
    spanId: 'b2',
    parentSpanId: '',
    kind,
    attributes: new Map(Object.entries(attributes)),
    resource: new Map(),
  };
}

const GET = { 'http.request.method': 'GET' };

describe('the operation of a span', () => {
  it.each<[string, SpanKind, Record<string, string>, string | undefined]>([
    ['a route', 'server', { ...GET, 'http.route': '/orders/:id' }, 'GET /orders/{id}'],
    [
      'a route under the old names',
      'server',
      { 'http.method': 'POST', 'http.route': 'orders/<int:id>' },
      'POST /orders/{id}',
    ],
    ['a path', 'server', { ...GET, 'url.path': '/orders/42' }, 'GET /orders/{number}'],
    [
      'the target of a request, under its old name',
      'server',
      { ...GET, 'http.target': '/orders/42?token=x' },
      'GET /orders/{number}',
    ],
    ['a URL', 'server', { ...GET, 'url.full': 'http://a:1/x?y#z' }, 'GET /x'],
    [
      'a path that found nothing',
      'server',
      { ...GET, 'url.path': '/wp-admin', 'http.response.status_code': '404' },
      undefined,
    ],
    [
      'a route whose item was not found',
      'server',
      { ...GET, 'http.route': '/orders/{id}', 'http.status_code': '404' },
      'GET /orders/{id}',
    ],
    ['a preflight', 'server', { 'http.request.method': 'OPTIONS', 'url.path': '/x' }, undefined],
    ['HEAD, which GET answers', 'server', { 'http.method': 'HEAD', 'url.path': '/x' }, 'GET /x'],
    [
      'a method of its own',
      'server',
      {
        'http.request.method': '_OTHER',
        'http.request.method_original': 'PURGE',
        'http.route': '/c',
      },
      'PURGE /c',
    ],
    ['a method that is none', 'server', { 'http.method': 'get it', 'http.route': '/c' }, undefined],
    ['no path', 'server', GET, undefined],
    ['a client', 'client', { ...GET, 'url.path': '/x' }, undefined],
    [
      'gRPC under the old names',
      'server',
      { 'rpc.system': 'grpc', 'rpc.service': 'shop.v1.Cart', 'rpc.method': 'Add' },
      'shop.v1.Cart/Add',
    ],
    [
      'gRPC under the new names',
      'server',
      { 'rpc.system.name': 'grpc', 'rpc.method': 'shop.v1.Cart/Add' },
      'shop.v1.Cart/Add',
    ],
    ['another RPC', 'server', { 'rpc.system': 'java_rmi', 'rpc.method': 'Add' }, undefined],
    [
      'a topic that is written',
      'producer',
      { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
      'PUBLISH orders',
    ],
    [
      'a topic that is read, under its old name',
      'consumer',
      { 'messaging.system': 'kafka', 'messaging.destination': 'orders' },
      'SUBSCRIBE orders',
    ],
    [
      'a queue for one answer',
      'consumer',
      {
        'messaging.system': 'rabbitmq',
        'messaging.destination.name': 'amq.gen-1',
        'messaging.destination.temporary': 'true',
      },
      undefined,
    ],
  ])('is read from %s', (_what, kind, attributes, text) => {
    const operation = operationOf(span(kind, attributes));
    expect(operation && toOperationText(operation)).toBe(text);
  });

  it('tells probes of the platform from calls', () => {
    const probe = { ...GET, 'url.path': '/healthz', 'user_agent.original': 'kube-probe/1.31' };
    expect(operationOf(span('server', probe))?.operational).toBe(true);
    expect(operationOf(span('server', { ...GET, 'url.path': '/healthz' }))?.operational).toBe(
      false,
    );
  });
});

describe('a template', () => {
  it.each([
    ['/a//b/', '/a/b'],
    ['/', '/'],
    ['/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x', '/u/{uuid}/x'],
    ['/u/3F2504E04F8911D39A0C0305E82C3301', '/u/{uuid}'],
    ['/c/9fceb02d0ae598e95dc970b74767f19372d61af8', '/c/{hex}'],
    ['/d/2026-11-22', '/d/{date}'],
    ['/n/-12.5', '/n/{number}'],
    ['/v1/facade', '/v1/facade'],
    ['/files/*', '/files/{rest}'],
    ['/e/{id:[0-9]+}', '/e/{id}'],
    ['/e/{id=*}', '/e/{id}'],
    ['/e/{*path}', '/e/{path}'],
  ])('of %s is %s', (path, template) => {
    expect(toTemplate(path)).toBe(template);
  });

  it.each(['', 'a', '/a\nb', `/${'a'.repeat(600)}`])('is not made of %j', (path) => {
    expect(toTemplate(path)).toBeUndefined();
  });

  it('is a template already', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const once = toTemplate(path);
        if (once !== undefined) expect(toTemplate(once)).toBe(once);
      }),
    );
  });
});
