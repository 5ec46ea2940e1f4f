import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../assurance/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import { type Fact, type Source, type StoredFact, toRecords } from '../../estate/index.ts';
import { changesOf } from './changes.ts';
import { type EstateMessage, EstateTeller } from './estate-teller.ts';
import { Told } from './told.ts';
import type { KnownEstate } from './view.ts';

const DECLARED: Source = { reader: 'declarations', how: 'declared', file: 'reeve.yaml', line: 1 };
const SEEN: Source = { reader: 'traffic', how: 'observed' };
const ID = (name: string): string => `production/shop/${name}`;

const service = (name: string, more: object = {}, source = DECLARED): Fact => ({
  ...{ entity: 'service', id: ID(name), environment: 'production', namespace: 'shop', name },
  ...{ source, ...more },
});
const endpoint = (name: string, template: string, more: object = {}, source = DECLARED): Fact => ({
  ...{ entity: 'endpoint', id: `${ID(name)} http GET ${template}`, service: ID(name) },
  ...{ protocol: 'http', method: 'GET', template, source, ...more },
});

const FACTS: Fact[] = [
  service('orders', { declaresCalls: true, identity: 'spiffe://example.org/ns/shop/sa/orders' }),
  service('payments'),
  service('stranger', {}, SEEN),
  endpoint('payments', '/charges/{id}', { sensitivity: [{ tag: 'pci', because: 'declared' }] }),
  endpoint('payments', '/health'),
];

function estate(facts: readonly Fact[] = FACTS, changes = new Map<string, number>()): KnownEstate {
  const records = toRecords(facts);
  const judged = judge(records, '2026-01-01T00:00:00Z', new Map(), { stages: {}, activeDays: 30 });
  return { records: records.services, judged, changes };
}

const POLICY: Policy = {
  services: ['orders', 'payments', 'web'].map((name) => ({
    ...{ id: ID(name), environment: 'production', namespace: 'shop', name, kind: 'workload' },
    identities: [`spiffe://example.org/ns/shop/sa/${name === 'web' ? 'orders' : name}`],
    ...{ owner: undefined, criticality: undefined, sensitivity: [], exposure: 'internal' },
    ...{ groups: [], mode: 'enforce' },
  })),
  endpoints: ['/charges/{id}', '/health'].map((template) => ({
    ...{ service: ID('payments'), protocol: 'http', method: 'GET', template, owner: undefined },
    ...{ criticality: undefined, sensitivity: [], deprecated: false },
    blocked: template === '/health',
  })),
  grants: ['GET /charges/{id}', 'GET /health'].map((operation) => ({
    ...{ from: ID('orders'), to: ID('payments'), operation, source: DECLARED },
  })),
  guardrails: [],
};

async function told(known: KnownEstate = estate(), policy: Policy = POLICY): Promise<Told> {
  const all = new Told('production');
  const teller = new EstateTeller((message) => all.take(structuredClone(message)));
  await teller.know(known);
  await teller.knowPolicy(policy);
  return all;
}

describe('what tracing is told of the estate', () => {
  it('says of each service who it is, what it holds, and whether more than its own word says so', async () => {
    const { estate: view } = await told();
    expect(view.service(ID('payments'))).toMatchObject({
      sensitivity: ['pci'],
      isVouchedFor: true,
    });
    expect(view.service(ID('stranger'))).toMatchObject({ isVouchedFor: false });
    expect(view.service(ID('nobody'))).toBeUndefined();
  });

  it('says of each endpoint how it stands', async () => {
    const { estate: view } = await told();
    const charges = { protocol: 'http', method: 'GET', template: '/charges/{id}' } as const;
    expect(view.endpoint(ID('payments'), charges)).toMatchObject({ sensitivity: ['pci'] });
    expect(view.endpoint(ID('payments'), { ...charges, method: 'POST' })).toBeUndefined();
  });

  it.each([
    ['what is declared', 'orders', '/charges/{id}', 'declared'],
    ['what is not declared by who declares', 'orders', '/refunds', 'undeclared'],
    ['what is blocked', 'orders', '/health', 'forbidden'],
    ['who declares nothing, though he shares an identity', 'web', '/charges/{id}', 'unknown'],
    ['who is not known', 'nobody', '/charges/{id}', 'unknown'],
    ['any operation at all', 'orders', undefined, 'declared'],
  ])('has a word of policy for %s', async (_, caller, template, word) => {
    const operation =
      template === undefined ? undefined : { protocol: 'http' as const, method: 'GET', template };
    expect((await told()).estate.policy(ID(caller), ID('payments'), operation)).toBe(word);
  });

  it('knows no policy before it has come whole', async () => {
    const all = new Told('production');
    const messages: EstateMessage[] = [];
    const teller = new EstateTeller((message) => messages.push(message));
    await teller.knowPolicy(POLICY);
    for (const message of messages.slice(0, -1)) all.take(message);
    const charges = { protocol: 'http', method: 'GET', template: '/charges/{id}' } as const;
    expect(all.estate.policy(ID('orders'), ID('payments'), charges)).toBe('unknown');
    for (const message of messages) all.take(message);
    expect(all.estate.policy(ID('orders'), ID('payments'), charges)).toBe('declared');
  });

  it('is told once, and after that in what differs', async () => {
    const messages: EstateMessage[] = [];
    const teller = new EstateTeller((message) => messages.push(message));
    await teller.know(estate());
    await teller.know(estate());
    expect(messages).toHaveLength(1);
    await teller.know(estate(FACTS.slice(0, 2), new Map([[ID('orders'), 7]])));
    expect(messages).toHaveLength(2);
    const [, differs] = messages;
    expect(differs).toMatchObject({ gone: [ID('stranger')] });
    expect(differs?.type === 'estate' && differs.put.map(({ names }) => names.name)).toEqual([
      'orders',
      'payments',
    ]);
  });
});

describe('names in traffic', () => {
  it('are those of the estate: services, identities and templates', async () => {
    const { resolver } = await told();
    expect(resolver.service({ by: 'name', name: 'payments' })).toBe(ID('payments'));
    expect(resolver.service({ by: 'name', name: 'payments', namespace: 'b' })).toBe(
      'production/b/payments',
    );
    expect(resolver.servicesOf('spiffe://example.org/ns/shop/sa/orders')).toEqual([
      ID('orders'),
      ID('web'),
    ]);
    expect(resolver.servicesOf('spiffe://example.org/ns/shop/sa/payments')).toEqual([
      ID('payments'),
    ]);
    expect(resolver.servicesOf('spiffe://other.example/x')).toEqual([]);
  });

  it.each([
    ['the known template first', '/charges/17', '/c/{x}', '/charges/{id}'],
    ['then the one that instrumentation names', '/orders/17', '/orders/{order}', '/orders/{order}'],
    ['else what the path shows', '/orders/17', undefined, '/orders/{orderId}'],
  ])('take %s', async (_, path, route, template) => {
    const { resolver } = await told();
    const operation = { protocol: 'http', method: 'GET', path, ...(route && { route }) } as const;
    expect(resolver.endpoint(ID('payments'), operation).template).toBe(template);
  });

  it('follow the estate when it changes', async () => {
    const all = await told();
    const operation = { protocol: 'http', method: 'GET', path: '/refunds/17' } as const;
    expect(all.resolver.endpoint(ID('payments'), operation).template).toBe('/refunds/{refundId}');
    const teller = new EstateTeller((message) => all.take(message));
    await teller.know(estate([...FACTS, endpoint('payments', '/refunds/{refund}')]));
    expect(all.resolver.endpoint(ID('payments'), operation).template).toBe('/refunds/{refund}');
  });

  it('that nobody knows are few, however many paths come', async () => {
    const { resolver } = await told();
    const templates = new Set<string>();
    for (let at = 0; at < 2_000; at++) {
      const path = `/page${String.fromCharCode(97 + (at % 26))}${'x'.repeat(at / 26)}`;
      const operation = { protocol: 'http', method: 'GET', path } as const;
      templates.add(resolver.endpoint(ID('orders'), operation).template);
    }
    expect(templates.size).toBe(501);
  });

  it('are answered whatever they are', async () => {
    const { resolver } = await told();
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (name, method, path) => {
        expect(typeof resolver.service({ by: 'name', name })).toBe('string');
        expect(typeof resolver.service({ by: 'address', host: name })).toBe('string');
        resolver.servicesOf(name);
        const service = resolver.service({ by: 'identity', identity: name });
        expect(resolver.endpoint(service, { protocol: 'http', method, path }).method).toBe(method);
      }),
    );
  });
});

describe('when a service was changed', () => {
  const at = (firstSeen: string, fact: Fact): StoredFact => ({
    fact,
    firstSeen,
    lastSeen: firstSeen,
  });
  const FIRST = at('2026-01-01T00:00:00.000Z', service('orders'));
  const LATER = '2026-01-02T00:00:00.000Z';

  it.each<[string, StoredFact[], string | undefined]>([
    [
      'not by what came with it',
      [at('2026-01-01T00:01:00.000Z', endpoint('orders', '/a'))],
      undefined,
    ],
    ['by a new image', [at(LATER, service('orders', { images: ['orders:2'] }))], LATER],
    ['by a new endpoint', [at(LATER, endpoint('orders', '/a'))], LATER],
    ['not by traffic', [at(LATER, endpoint('orders', '/a', {}, SEEN))], undefined],
    [
      'not by what people decide',
      [at(LATER, endpoint('orders', '/a', {}, { reader: 'person', how: 'declared' }))],
      undefined,
    ],
  ])('%s', (_, facts, changed) => {
    const changes = changesOf([FIRST, ...facts]);
    expect(changes.get(ID('orders'))).toBe(changed === undefined ? undefined : Date.parse(changed));
  });
});
