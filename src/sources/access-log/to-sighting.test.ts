import { describe, expect, it } from 'vitest';
import { Parties } from '../requests/index.ts';
import type { LoggedRequest } from './logged-request.ts';
import { type LogSubject, pastTime, toSighting } from './to-sighting.ts';

const NOW = Date.UTC(2026, 10, 22);
const BASE: LoggedRequest = {
  time: NOW - 1_000,
  method: 'GET',
  target: '/orders',
  status: 200,
  service: 'orders',
};

function sighting(change: Partial<LoggedRequest>, subject: LogSubject = {}) {
  return toSighting({ ...BASE, ...change }, subject, new Parties(), NOW);
}

describe('a logged request', () => {
  it('becomes a sighting of one request', () => {
    expect(sighting({})).toEqual({
      service: { key: 'name //orders', subject: { by: 'name', name: 'orders' } },
      protocol: 'http',
      method: 'GET',
      path: '/orders',
      status: 200,
      count: 1,
      firstAt: NOW - 1_000,
      lastAt: NOW - 1_000,
    });
  });

  it.each<[string, Partial<LoggedRequest>, object]>([
    [
      'without its query, of which the names are kept',
      { target: '/a?q=x&page=2&q=y&bare&%5Bz%5D=1&sort%5B0%5D=1#f' },
      { path: '/a', parameters: ['q', 'page', 'sort[0]'] },
    ],
    ['with a query that was logged apart', { query: '?q=x' }, { parameters: ['q'] }],
    [
      'by the path of an absolute target',
      { target: 'HTTP://user@Shop.example:8080/a/b?x=1' },
      { path: '/a/b', parameters: ['x'] },
    ],
    [
      'by the root, of an address alone',
      { target: 'https://shop.example?x=1' },
      { path: '/', parameters: ['x'] },
    ],
    ['with its method in capitals', { method: 'get' }, { method: 'GET' }],
    [
      'at the time of reading, where its own cannot be right',
      { time: 5e12 },
      { firstAt: NOW, lastAt: NOW },
    ],
    [
      'of gRPC, with the status that its own means',
      { method: 'POST', target: '/a.v1.B/C', isGrpc: true, grpcStatus: 'PermissionDenied' },
      { protocol: 'grpc', method: 'RPC', path: '/a.v1.B/C', status: 403 },
    ],
    [
      'of gRPC, by number',
      { method: 'POST', target: '/a.v1.B/C', isGrpc: true, grpcStatus: '12' },
      { protocol: 'grpc', status: 501 },
    ],
    [
      'of HTTP, where the path is none of gRPC',
      { method: 'POST', target: '/upload', isGrpc: true },
      { protocol: 'http', method: 'POST' },
    ],
    [
      'with a route as a template',
      { route: '/orders/:id/items/<int:item>' },
      { route: '/orders/{id}/items/{item}' },
    ],
    [
      'with the platform as the one who asks',
      { userAgent: 'kube-probe/1.33' },
      { isOperational: true },
    ],
    [
      'with a caller that was verified',
      { peer: 'spiffe://example.org/ns/a/sa/b', credential: 'mtls' },
      {
        isCallerProved: true,
        credential: 'mtls',
        caller: { subject: { by: 'identity', identity: 'spiffe://example.org/ns/a/sa/b' } },
      },
    ],
  ])('is told %s', (_, change, want) => {
    expect(sighting(change)).toMatchObject(want);
  });

  it('keeps the time of an old log, where it is read as one', () => {
    const old = Date.UTC(2001, 1, 1);
    expect(sighting({ time: old }, { believe: pastTime })).toMatchObject({ firstAt: old });
    expect(sighting({ time: NOW + 5 }, { believe: pastTime })).toMatchObject({ firstAt: NOW });
  });

  it('keeps no route with patterns in it, and no address of a client', () => {
    expect(sighting({ route: '/orders/:id(\\d+)/*' })).not.toHaveProperty('route');
    expect(sighting({ peer: '192.0.2.7' })).not.toHaveProperty('caller');
  });

  it.each<[string, Partial<LoggedRequest>, LogSubject, object]>([
    [
      'that the line names',
      { host: 'h' },
      { service: 's', fallbackService: 'f' },
      { by: 'name', name: 'orders' },
    ],
    [
      'that the operator names',
      { service: undefined, host: 'h' } as object,
      { service: 's', namespace: 'n', environment: 'e' },
      { by: 'name', name: 's', namespace: 'n', environment: 'e' },
    ],
    [
      'at the host that was asked',
      { service: undefined, host: 'Shop.Example.:8443' } as object,
      { fallbackService: 'f' },
      { by: 'address', host: 'shop.example', port: 8443 },
    ],
    [
      'at the host of an absolute target',
      { service: undefined, target: 'http://shop.example:80/' } as object,
      {},
      { by: 'address', host: 'shop.example' },
    ],
    [
      'at an address of IPv6',
      { service: undefined, host: '[2001:DB8::1]:8080' } as object,
      {},
      { by: 'address', host: '2001:db8::1', port: 8080 },
    ],
    [
      'of a cluster',
      { service: undefined, cluster: 'orders' } as object,
      { fallbackService: 'f' },
      { by: 'name', name: 'orders' },
    ],
    [
      'of last resort',
      { service: undefined, host: '_' } as object,
      { fallbackService: 'f' },
      { by: 'name', name: 'f' },
    ],
    [
      'with the namespace of the line',
      { namespace: 'own', environment: 'bad name' },
      { namespace: 'n', environment: 'e' },
      { by: 'name', name: 'orders', namespace: 'own', environment: 'e' },
    ],
  ])('is of the service %s', (_, change, subject, want) => {
    expect(sighting(change, subject)).toMatchObject({ service: { subject: want } });
  });

  it.each<[Partial<LoggedRequest>, string]>([
    [{ service: undefined } as object, 'names no service'],
    [{ service: 'a b', host: 'no host' }, 'names no service'],
    [{ method: 'OPTIONS', target: '*' }, 'preflight'],
    [{ method: 'CONNECT', target: 'shop.example:443' }, 'tunnel'],
    [{ method: 'G(T' }, 'malformed request line'],
    [{ target: 'orders' }, 'malformed path'],
    [{ target: '/a b' }, 'malformed path'],
    [{ target: '/a\u0000' }, 'malformed path'],
    [{ target: 'ftp://h/a' }, 'malformed path'],
  ])('%j is dropped: %s', (change, reason) => {
    expect(sighting(change)).toBe(reason);
  });

  it('names a party by one object, up to a number of them', () => {
    const parties = new Parties(1);
    const read = (service: string) => {
      const found = toSighting({ ...BASE, service }, {}, parties, NOW);
      return typeof found === 'string' ? undefined : found.service;
    };
    expect(read('orders')).toBe(read('orders'));
    expect(read('other')).toEqual(read('other'));
    expect(read('other')).not.toBe(read('other'));
  });

  it('keeps at most 32 names of a query', () => {
    const query = Array.from({ length: 50 }, (_, n) => `p${n}=1`).join('&');
    expect(sighting({ query })).toHaveProperty('parameters.length', 32);
  });
});
