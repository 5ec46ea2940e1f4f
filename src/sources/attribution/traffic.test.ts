import { describe, expect, it } from 'vitest';
import {
  type Party,
  type SeenEndpoint,
  type ServiceRecord,
  toParty,
  toServiceRecord,
} from '../../estate/index.ts';
import { someTraffic } from '../../estate/store/testing/estate.ts';
import { TrafficAttribution } from './traffic.ts';

const record = (environment: string, namespace: string, name: string): ServiceRecord =>
  toServiceRecord([
    {
      entity: 'service',
      id: `${environment}/${namespace}/${name}`,
      environment,
      namespace,
      name,
      source: { reader: 'kubernetes', how: 'configured' },
    },
  ]);

const KNOWN = [record('production', 'shop', 'orders'), record('production', 'shop', 'web')];
const named = (name: string, environment?: string): Party =>
  toParty({ by: 'name', name, ...(environment !== undefined && { environment }) });
const { callers: _, ...traffic } = someTraffic();

function endpoint(overrides: Partial<SeenEndpoint> = {}): SeenEndpoint {
  return {
    protocol: 'http',
    method: 'GET',
    template: '/orders/{id}',
    isOperational: false,
    traffic,
    callers: [],
    ...overrides,
  };
}

function attribute(party: Party, endpoints: SeenEndpoint[], callers: SeenEndpoint['callers'] = []) {
  return new TrafficAttribution(KNOWN, 'production').attribute({ party, endpoints, callers });
}

describe('traffic of a service', () => {
  it('is of the service that the estate knows by that name, where it says no namespace', () => {
    expect(attribute(named('orders'), [])?.serviceId).toBe('production/shop/orders');
  });

  it('is never of a service of another namespace, whoever came before', () => {
    const traffic = new TrafficAttribution(KNOWN, 'production');
    const ids = ['orders', 'unheard-of'].flatMap((name) =>
      [undefined, 'finance', 'shop', undefined].map((namespace) => {
        const party = toParty({ by: 'name', name, ...(namespace && { namespace }) });
        return traffic.attribute({ party, endpoints: [], callers: [] })?.serviceId;
      }),
    );
    expect(ids).toEqual([
      'production/shop/orders',
      'production/finance/orders',
      'production/shop/orders',
      'production/default/orders',
      'production/default/unheard-of',
      'production/finance/unheard-of',
      'production/shop/unheard-of',
      'production/default/unheard-of',
    ]);
  });

  it('is never of a service of another environment', () => {
    expect(attribute(named('orders', 'staging'), [])?.serviceId).toBe('staging/default/orders');
  });

  it('shows that a service exists which names itself, and none that is only an address', () => {
    expect(attribute(named('unheard-of'), [])?.serviceId).toBe('production/default/unheard-of');
    const stranger = toParty({ by: 'address', host: 'api.example.com', known: true });
    expect(attribute(stranger, [endpoint()])).toBeUndefined();
    const known = toParty({ by: 'address', host: 'orders.shop.svc', known: true });
    expect(attribute(known, [])?.serviceId).toBe('production/shop/orders');
  });

  it('makes calls of callers, proved only where the party that was asked says so', () => {
    const callers = [
      { party: named('web'), requests: 7, isProved: true },
      { party: named('mail'), requests: 1, isProved: false },
    ];
    const attributed = attribute(named('orders'), [endpoint({ callers })]);
    const calls = attributed?.facts.filter((fact) => fact.entity === 'call');
    expect(calls?.map((call) => [call.id, call.authentication])).toEqual([
      ['production/shop/web -> production/shop/orders GET /orders/{id}', 'mtls'],
      ['production/default/mail -> production/shop/orders GET /orders/{id}', undefined],
    ]);
    expect(attributed?.traffic[0]?.callers).toEqual([
      { service: 'production/shop/web', requests: 7, isProved: true },
      { service: 'production/default/mail', requests: 1, isProved: false },
    ]);
  });

  it('names a caller once that was seen by name and by identity, and proved where all of it was', () => {
    const identity = (): Party =>
      toParty({ by: 'identity', identity: 'spiffe://a.example/ns/shop/sa/web' });
    const callersOf = (...counts: readonly [party: Party, requests: number, isProved: boolean][]) =>
      attribute(named('orders'), [
        endpoint({
          callers: counts.map(([party, requests, isProved]) => ({ party, requests, isProved })),
        }),
      ])?.traffic[0]?.callers;
    const service = 'production/shop/web';
    expect(callersOf([identity(), 7, true], [named('web'), 7, false])).toEqual([
      { service, requests: 7, isProved: true },
    ]);
    expect(callersOf([identity(), 2, true], [named('web'), 7, false])).toEqual([
      { service, requests: 7, isProved: false },
    ]);
    const inNamespace = toParty({ by: 'name', name: 'web', namespace: 'shop' });
    expect(callersOf([named('web'), 2, false], [inNamespace, 7, false])).toEqual([
      { service, requests: 9, isProved: false },
    ]);
  });

  it('makes no calls of probes, and none of a service to itself', () => {
    const callers = [{ party: named('web'), requests: 1, isProved: false }];
    const probes = attribute(named('orders'), [endpoint({ callers, doubt: 'probe' })]);
    expect(probes?.facts.map(({ entity }) => entity)).toEqual(['service', 'endpoint']);
    const own = [{ party: named('orders'), requests: 1, isProved: false }];
    const itself = attribute(named('orders'), [], own);
    expect(itself?.facts.map(({ entity }) => entity)).toEqual(['service']);
  });
});
