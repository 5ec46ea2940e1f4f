import { describe, expect, it } from 'vitest';
import { assign, compare, priorsOf, type Specification } from './compare.ts';
import type { DeclaredOperation, DiscoveredEndpoint } from './discovery.ts';
import { someDiscovered } from './testing/endpoint.ts';

const operation = (text: string): DeclaredOperation => {
  const [method = '', template = ''] = text.split(' ');
  return { protocol: 'http', method, template, file: 'spec.yaml' };
};
const specification = (operations: string[], more: Partial<Specification> = {}): Specification => ({
  file: 'spec.yaml',
  names: ['spec'],
  isNamed: false,
  operations: operations.map(operation),
  ...more,
});
const seen = (service: string, ...operations: string[]) =>
  operations.map((text) => ({ service, ...operation(text) }));
const endpoint = (service: string, text: string): DiscoveredEndpoint =>
  someDiscovered({ ...operation(text), service });

const TRAFFIC = [
  ...seen('orders', 'GET /orders', 'GET /orders/{orderId}'),
  ...seen('payments.shop:8080', 'POST /charges', 'GET /orders'),
];

describe('a specification', () => {
  it.each([
    [
      'by the name that a person gives',
      { names: ['payments.shop:8080'], isNamed: true },
      'payments.shop:8080',
    ],
    ['by its name in other words', { names: ['Payments API'] }, 'payments.shop:8080'],
    [
      'by the first of its names that was seen',
      { names: ['nobody', 'shop/payments-service'] },
      'payments.shop:8080',
    ],
    ['by what it declares', { names: ['nobody'] }, 'orders'],
  ])('is of a service %s', (_, names, want) => {
    const [assigned] = assign([specification(['GET /orders', 'GET /orders/{id}'], names)], TRAFFIC);
    expect(assigned?.service).toBe(want);
  });

  it('is of nobody where no request meets it, and of one without traffic where a person says so', () => {
    const operations = ['DELETE /nothing/{id}'];
    expect(assign([specification(operations)], TRAFFIC)[0]?.service).toBeNull();
    const named = specification(operations, { names: ['quiet'], isNamed: true });
    expect(assign([named], TRAFFIC)[0]?.service).toBe('quiet');
  });

  it('counts without the base path that a gateway takes away', () => {
    const [assigned] = assign(
      [specification(['GET /api/v2/orders', 'GET /api/v2/orders/{id}'])],
      TRAFFIC,
    );
    expect(assigned?.operations.map(({ template }) => template)).toEqual([
      '/orders',
      '/orders/{id}',
    ]);
  });

  it('keeps its base path where requests have it', () => {
    const traffic = seen('orders', 'GET /api/orders', 'GET /orders');
    const [assigned] = assign(
      [specification(['GET /api/orders', 'GET /api/orders/{id}'])],
      traffic,
    );
    expect(assigned?.operations[0]?.template).toBe('/api/orders');
  });

  it('is known before the traffic of its service is looked at', () => {
    const assigned = assign([specification(['GET /orders/{id}', 'ANY /orders'])], TRAFFIC);
    expect(priorsOf(assigned, 'orders')).toEqual([
      { from: 'specification', method: 'GET', template: '/orders/{id}' },
      { from: 'specification', template: '/orders' },
    ]);
    expect(priorsOf(assigned, 'payments.shop:8080')).toEqual([]);
  });
});

describe('discovered against declared', () => {
  it('tells what nobody declared, and what nobody asked for', () => {
    const assigned = [
      {
        service: 'orders',
        operations: ['GET /orders/{id}', 'ANY /orders', 'HEAD /status', 'PUT /orders/{id}'].map(
          operation,
        ),
      },
      { service: null, operations: [operation('GET /other')] },
    ];
    const endpoints = [
      endpoint('orders', 'GET /orders/{orderId}'),
      endpoint('orders', 'POST /orders'),
      endpoint('orders', 'GET /orders/export'),
      endpoint('orders', 'GET /status'),
      endpoint('payments', 'GET /orders/{orderId}'),
    ];
    const { endpoints: judged, comparison } = compare(endpoints, assigned);
    expect(judged.map(({ status }) => status)).toEqual([
      'declared',
      'declared',
      'shadow',
      'declared',
      'shadow',
    ]);
    expect(comparison).toMatchObject({
      declared: 5,
      discovered: 5,
      matched: 3,
      shadow: 2,
      beyondDeclared: 0.4,
      unseen: [
        { service: 'orders', method: 'PUT', template: '/orders/{id}' },
        { service: null, method: 'GET', template: '/other' },
      ],
    });
  });

  it('has no share of nothing', () => {
    expect(compare([endpoint('orders', 'GET /a')], []).comparison).toMatchObject({
      declared: 0,
      shadow: 1,
      beyondDeclared: 0,
    });
  });
});
