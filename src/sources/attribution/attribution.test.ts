import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CallObservation,
  type ComponentObservation,
  type CredentialObservation,
  canonicalJson,
  type EndpointObservation,
  type Fact,
  type Observation,
  type ServiceObservation,
  type Source,
  type Subject,
} from '../../estate/index.ts';
import { attribute } from './index.ts';

function source(how: Source['how'], file: string, reader = 'test'): Source {
  return { reader, how, file, line: 1 };
}
function workload(
  name: string,
  more: Partial<ServiceObservation> & { namespace?: string } = {},
): ServiceObservation {
  const { namespace, ...rest } = more;
  return {
    kind: 'service',
    subject: { by: 'name', name, ...(namespace && { namespace }) },
    source: source('configured', `k8s/${name}.yaml`, 'kubernetes'),
    ...rest,
  };
}
function component(folder: string, more: Partial<ComponentObservation> = {}): ComponentObservation {
  const name = folder.split('/').at(-1) ?? '';
  return {
    kind: 'component',
    folder,
    names: [name],
    runnable: true,
    source: source('implemented', `${folder}/Dockerfile`, 'components'),
    ...more,
  };
}
function route(
  file: string,
  template = '/x',
  more: Partial<EndpointObservation> = {},
): EndpointObservation {
  return {
    kind: 'endpoint',
    subject: { by: 'place', file },
    protocol: 'http',
    method: 'GET',
    template,
    source: source('implemented', file),
    ...more,
  };
}
function call(from: Subject, to: Subject): CallObservation {
  return { kind: 'call', from, to, evidence: 'test', source: source('configured', 'k8s/a.yaml') };
}
function credential(
  keys: string[],
  more: Partial<CredentialObservation> = {},
): CredentialObservation {
  return {
    kind: 'credential',
    name: 'DB_PASSWORD',
    credentialKind: 'password',
    keys,
    source: source('configured', 'k8s/secret.yaml'),
    ...more,
  };
}
const named = (name: string, namespace?: string): Subject => ({
  by: 'name',
  name,
  ...(namespace && { namespace }),
});
const address = (host: string, more = {}): Subject => ({
  by: 'address',
  host,
  known: true,
  ...more,
});

function facts(...observations: Observation[]): readonly Fact[] {
  return attribute(observations, { environment: 'prod' }).facts;
}
function servicesOf(entity: Fact['entity'], ...observations: Observation[]): string[] {
  return facts(...observations)
    .filter((fact) => fact.entity === entity)
    .map((fact) => ('service' in fact ? String(fact.service) : fact.id));
}

describe('the service of a route', () => {
  const cases: [sentence: string, observations: Observation[], want: string][] = [
    [
      'is the workload named as the folder',
      [
        workload('orders', { namespace: 'shop' }),
        component('src/orders'),
        route('src/orders/main.js'),
      ],
      'prod/shop/orders',
    ],
    [
      'is the workload that runs the image of the folder',
      [
        workload('shop-orders', { images: ['acme/orders'] }),
        component('orders'),
        route('orders/main.js'),
      ],
      'prod/default/shop-orders',
    ],
    [
      'is, of the workloads that run the image, the one that it is named after',
      [
        workload('web', { images: ['acme/shop-web'] }),
        workload('robot', { images: ['acme/shop-web'] }),
        route('shop-web/cmd/server.go'),
      ],
      'prod/default/web',
    ],
    [
      'is the workload named as the folder, not one that is built from the same folder around it',
      [
        workload('geo'),
        workload('rate'),
        component('', { service: { name: 'geo' } }),
        component('', { service: { name: 'rate' } }),
        component('cmd/geo'),
        component('cmd/rate'),
        route('services/rate/server.go'),
      ],
      'prod/default/rate',
    ],
    [
      'is found loosely when names differ in what says "service"',
      [workload('orders'), component('orders-service'), route('orders-service/main.js')],
      'prod/default/orders',
    ],
    [
      'is the exact name before the loose one',
      [
        workload('orders'),
        workload('orders-api'),
        component('orders-api'),
        route('orders-api/main.js'),
      ],
      'prod/default/orders-api',
    ],
    [
      'is what the folder is bound to by name',
      [workload('x'), component('any', { service: { name: 'x' } }), route('any/main.js')],
      'prod/default/x',
    ],
    [
      'is the innermost folder that is a service',
      [workload('a'), workload('b'), component('a'), component('a/b'), route('a/b/main.js')],
      'prod/default/b',
    ],
    [
      'is the outer folder when the inner one is a library',
      [
        workload('a'),
        component('a'),
        component('a/lib', { names: ['lib'], runnable: false }),
        route('a/lib/main.js'),
      ],
      'prod/default/a',
    ],
    [
      'is the folder itself where nothing deploys it',
      [workload('b'), component('orders'), route('orders/main.js')],
      'prod/default/orders',
    ],
    [
      'is a workload named as a folder without any build file',
      [workload('orders'), route('src/orders/lib/main.js')],
      'prod/default/orders',
    ],
  ];
  it.each(cases)('%s', (_, observations, want) => {
    expect(servicesOf('endpoint', ...observations)).toEqual([want]);
  });
});

it('a file says nothing of any service where it lies beside the folders of all that are built together', () => {
  const found = facts(
    workload('geo'),
    workload('rate'),
    workload('db'),
    component('', { service: { name: 'geo' } }),
    component('', { service: { name: 'rate' } }),
    component('cmd/geo'),
    component('cmd/rate'),
    call({ by: 'place', file: 'config.json' }, address('db')),
  );
  expect(found.filter(({ entity }) => entity === 'call')).toEqual([]);
});

describe('a specification outside every service', () => {
  it('belongs to the service that its file is named after', () => {
    const declared = route('specs/orders.yaml', '/x', {
      source: source('declared', 'specs/orders.yaml'),
    });
    expect(servicesOf('endpoint', workload('orders'), declared)).toEqual(['prod/default/orders']);
  });
  describe('and named after none', () => {
    const declared = (template: string) =>
      route('swagger.yaml', template, {
        title: 'Book Store',
        source: source('declared', 'swagger.yaml'),
      });
    const ownerOf = (...routes: EndpointObservation[]) =>
      facts(
        workload('books'),
        workload('other'),
        declared('/products'),
        declared('/products/{id}'),
        declared('/later'),
        ...routes,
      ).flatMap((fact) =>
        fact.entity === 'endpoint' && fact.template === '/later' ? [fact.service] : [],
      );
    const own = [route('books/main.py', '/products'), route('books/main.py', '/products/{number}')];
    it('belongs to the service that implements most of it', () => {
      expect(ownerOf(...own, route('other/main.py', '/products'))).toEqual(['prod/default/books']);
    });
    it('belongs to none that shares one operation with it, or as many as another', () => {
      expect(ownerOf(route('books/main.py', '/products'))).toEqual(['prod/default/book-store']);
      const other = own.map(({ template }) => route('other/main.py', template));
      expect(ownerOf(...own, ...other)).toEqual(['prod/default/book-store']);
    });
  });
  it('makes a service of its title where there is none', () => {
    const declared = route('openapi.yaml', '/x', {
      title: 'Payments API',
      source: source('declared', 'openapi.yaml'),
    });
    expect(servicesOf('endpoint', workload('orders'), declared)).toEqual([
      'prod/default/payments-api',
    ]);
  });
});

it('endpoints that a specification declares carry what its service declares of it', () => {
  const found = facts(
    workload('orders'),
    component('orders/openapi.yaml', {
      service: { name: 'orders' },
      runnable: false,
      sensitivity: [{ tag: 'pci', because: 'reeve.yaml' }],
    }),
    route('orders/openapi.yaml', '/x', { source: source('declared', 'orders/openapi.yaml') }),
    route('orders/main.js', '/y'),
  );
  const tags = found.flatMap((fact) =>
    fact.entity === 'endpoint' ? [[fact.template, fact.sensitivity?.[0]?.tag]] : [],
  );
  expect(tags.sort()).toEqual([
    ['/x', 'pci'],
    ['/y', undefined],
  ]);
});

describe('namespaces', () => {
  it('of a source that names none are those of the one that does', () => {
    const compose = {
      ...workload('orders'),
      source: source('configured', 'compose.yaml', 'compose'),
    };
    const ids = facts(workload('orders', { namespace: 'shop' }), compose).map((fact) => fact.id);
    expect(new Set(ids)).toEqual(new Set(['prod/shop/orders']));
  });
  it('come from a declaration where the manifests leave them open', () => {
    const declared = {
      ...workload('orders', { namespace: 'shop' }),
      source: source('declared', 'orders/reeve.yaml', 'declarations'),
    };
    const ids = facts(workload('orders'), declared).map((fact) => fact.id);
    expect(new Set(ids)).toEqual(new Set(['prod/shop/orders']));
  });
  it('keep services of one name apart', () => {
    const ids = facts(workload('db', { namespace: 'a' }), workload('db', { namespace: 'b' })).map(
      ({ id }) => id,
    );
    expect(ids).toEqual(['prod/a/db', 'prod/b/db']);
  });
  it('that are said never mean another one', () => {
    const found = facts(
      workload('web', { namespace: 'shop' }),
      workload('orders', { namespace: 'shop' }),
      call(named('web', 'shop'), named('orders', 'finance')),
    );
    expect(found.filter((fact) => fact.entity === 'call').map(({ to }) => to)).toEqual([
      'prod/finance/orders',
    ]);
  });
  it('that nobody names are told apart from `default`', () => {
    const found = facts(workload('orders'), workload('web', { namespace: 'default' }));
    const anywhere = found.map((fact) => 'anywhere' in fact && fact.anywhere);
    expect(found.map(({ id }) => id)).toEqual(['prod/default/orders', 'prod/default/web']);
    expect(anywhere).toEqual([true, false]);
  });
});

describe('the target of a call', () => {
  const base = [
    workload('web', { namespace: 'shop' }),
    workload('orders', { namespace: 'shop', aliases: ['orders-svc'] }),
    workload('orders', { namespace: 'other' }),
    workload('free'),
  ];
  const cases: [host: string, namespace: string | undefined, want: string | undefined][] = [
    ['orders', 'shop', 'prod/shop/orders'],
    ['orders-svc', 'shop', 'prod/shop/orders'],
    ['ORDERS', 'other', 'prod/other/orders'],
    ['orders.other', 'shop', 'prod/other/orders'],
    ['orders.other.svc.cluster.local', 'shop', 'prod/other/orders'],
    ['orders.other.example', 'shop', undefined],
    ['nobody', 'shop', undefined],
    ['free.anywhere.svc', 'shop', 'prod/default/free'],
    ['web', 'shop', undefined],
  ];
  it.each(cases)('%s seen from %s is %s', (host, namespace, want) => {
    const found = facts(...base, call(named('web', 'shop'), address(host, { namespace })));
    expect(found.filter((fact) => fact.entity === 'call').map((fact) => fact.to)).toEqual(
      want ? [want] : [],
    );
  });
  it('outside the estate is an external service', () => {
    const found = facts(...base, call(named('web'), address('api.stripe.com', { known: false })));
    expect(found.find((fact) => fact.id === 'prod/external/api.stripe.com')).toMatchObject({
      serviceKind: 'external',
    });
  });
});

describe('an interface', () => {
  const rpc = (file: string): EndpointObservation => ({
    ...route(file, '/shop.v1.Orders/Get'),
    subject: { by: 'interface', interface: 'shop.v1.Orders', file },
    protocol: 'grpc',
    method: 'RPC',
    source: source('declared', file),
  });
  const implementation = (file: string, name = 'Orders'): Observation => ({
    kind: 'implementation',
    subject: { by: 'place', file },
    interface: name,
    source: source('implemented', file),
  });
  it('belongs to the service that registers it, by its last name too, and is implemented there', () => {
    const found = facts(
      workload('a'),
      component('a'),
      rpc('protos/x.proto'),
      implementation('a/main.go'),
    );
    const endpoints = found.filter((fact) => fact.entity === 'endpoint');
    expect(endpoints.map(({ service, source: { how } }) => `${service} ${how}`)).toEqual([
      'prod/default/a declared',
      'prod/default/a implemented',
    ]);
  });
  it('that a program makes a client of is a call of the one service that implements it', () => {
    const to = (name: string): Subject => ({ by: 'interface', interface: name, file: 'b/main.go' });
    const from = named('b');
    const base = [workload('a'), workload('b'), component('a'), rpc('protos/x.proto')];
    const callsOf = (...observations: Observation[]) =>
      facts(...base, ...observations).flatMap((fact) =>
        fact.entity === 'call' ? [`${fact.from} ${fact.to}`] : [],
      );
    const served = implementation('a/main.go');
    expect(callsOf(served, call(from, to('Orders')))).toEqual(['prod/default/b prod/default/a']);
    expect(callsOf(served, call(from, to('Carts')))).toEqual([]);
    expect(
      callsOf(
        served,
        workload('c'),
        component('c'),
        implementation('c/main.go'),
        call(from, to('Orders')),
      ),
    ).toEqual([]);
  });
  it('belongs to the service of its name where nobody registers it', () => {
    expect(servicesOf('endpoint', workload('orders-service'), rpc('protos/x.proto'))).toEqual([
      'prod/default/orders-service',
    ]);
  });
  describe('that nobody implements and no service is named after', () => {
    const relic: EndpointObservation = {
      ...rpc('protos/x.proto'),
      subject: { by: 'interface', interface: 'shop.v1.Vouchers', file: 'protos/x.proto' },
      template: '/shop.v1.Vouchers/Redeem',
    };
    it('is left out with a note where the file declares interfaces that are implemented', () => {
      const { facts: found, diagnostics } = attribute(
        [workload('a'), component('a'), rpc('protos/x.proto'), implementation('a/main.go'), relic],
        { environment: 'prod' },
      );
      expect(
        found.filter((fact) => 'template' in fact && fact.template === relic.template),
      ).toEqual([]);
      expect(found.filter(({ id }) => id.includes('voucher'))).toEqual([]);
      expect(diagnostics).toMatchObject([
        { severity: 'note', code: 'attribution/interface-unserved', file: 'protos/x.proto' },
      ]);
    });
    it('is a service by declaration where none of the file is implemented', () => {
      expect(servicesOf('endpoint', workload('a'), relic)).toEqual(['prod/default/vouchers']);
    });
  });
  it('that is declared nowhere is one endpoint of unknown methods', () => {
    const found = facts(workload('a'), component('a'), implementation('a/main.go', 'other.Thing'));
    expect(found.find((fact) => fact.entity === 'endpoint')).toMatchObject({
      template: '/other.Thing/*',
    });
  });
});

describe('the calls of a bundle of variables', () => {
  const handed = (host: string, name: string, from = 'web'): CallObservation => ({
    ...call(named(from), address(host)),
    variable: { name, bundle: 'ConfigMap /addresses' },
  });
  const reads = (file: string, ...names: string[]): Observation => ({
    kind: 'variable-use',
    subject: { by: 'place', file },
    names,
    source: source('configured', file),
  });
  const services = ['web', 'orders', 'users'].map((name) => workload(name));
  const both = [handed('orders', 'ORDERS_ADDR'), handed('users', 'USERS_ADDR')];
  const cases: [sentence: string, observations: Observation[], want: string[]][] = [
    ['are those that the code names', [reads('web/a.py', 'ORDERS_ADDR')], ['orders']],
    [
      'are those that any file of the code names',
      [reads('web/a.py', 'ORDERS_ADDR'), reads('web/b.py', 'USERS_ADDR')],
      ['orders', 'users'],
    ],
    ['are all where the code is not known', [], ['orders', 'users']],
    ['are all where the code names none', [reads('web/a.py', 'OTHER_ADDR')], ['orders', 'users']],
    [
      'are all where only the code of another service names some',
      [component('users'), reads('users/a.py', 'ORDERS_ADDR')],
      ['orders', 'users'],
    ],
  ];
  it.each(cases)('%s', (_, observations, want) => {
    const found = facts(...services, component('web'), ...both, ...observations);
    const calls = found.filter((fact) => fact.entity === 'call');
    expect(calls.map(({ to }) => to.split('/').at(-1)).sort()).toEqual(want);
    expect(calls.every((fact) => !('variable' in fact))).toBe(true);
  });
  it('do not take others with them', () => {
    const set = { ...call(named('web'), address('users')) };
    const found = facts(
      ...services,
      component('web'),
      handed('orders', 'ORDERS_ADDR'),
      set,
      reads('web/a.py', 'ORDERS_ADDR'),
    );
    expect(found.filter((fact) => fact.entity === 'call')).toHaveLength(2);
  });
});

describe('credentials', () => {
  const idsOf = (...all: CredentialObservation[]) =>
    new Set(
      facts(...all)
        .filter(({ entity }) => entity === 'credential')
        .map(({ id }) => id),
    ).size;
  it('that share a key, directly or through another, are one', () => {
    expect(
      idsOf(
        credential(['value:1', 'secret:a/db#p']),
        credential(['secret:a/db#p']),
        credential(['value:1']),
      ),
    ).toBe(1);
  });
  it('of one Secret in a namespace that one manifest leaves open are one', () => {
    expect(idsOf(credential(['secret:shop/db#p']), credential(['secret:/db#p']))).toBe(1);
  });
  it('of Secrets of one name in two namespaces are two', () => {
    expect(idsOf(credential(['secret:a/db#p']), credential(['secret:b/db#p']))).toBe(2);
  });
  it('are all meant by the use of their whole Secret', () => {
    const used = credential(['secret:a/db#*'], { subject: named('web') });
    const found = facts(
      workload('web'),
      credential(['secret:a/db#p']),
      credential(['secret:a/db#q']),
      used,
    );
    expect(
      found.filter((fact) => fact.entity === 'credential' && fact.service === 'prod/default/web'),
    ).toHaveLength(2);
  });
  it('take the declaration of their Secret', () => {
    expect(
      idsOf(
        credential(['declared:web/db', 'secret:a/db']),
        credential(['secret:a/db#p', 'value:1']),
      ),
    ).toBe(1);
  });
});

describe('owners', () => {
  const line = (pattern: string, owner: string, order: number): Observation => ({
    kind: 'ownership',
    pattern,
    owners: [owner],
    order,
    source: source('declared', 'CODEOWNERS'),
  });
  it('come from the last CODEOWNERS line that matches the folder of the service', () => {
    const found = facts(
      workload('orders'),
      component('src/orders'),
      line('*', 'all', 0),
      line('/src/orders/', 'team-orders', 1),
    );
    expect(
      found.flatMap((fact) => (fact.entity === 'service' && fact.owner ? [fact.owner] : [])),
    ).toEqual([{ owner: 'team-orders', rank: 'codeowners' }]);
  });
});

describe('attribution', () => {
  it('does not depend on the order of observations, nor on how often each comes', () => {
    const observations: Observation[] = [
      workload('web', { namespace: 'shop', aliases: ['www'] }),
      workload('orders', { namespace: 'shop', images: ['acme/orders'] }),
      { ...workload('orders'), source: source('configured', 'compose.yaml', 'compose') },
      component('src/web'),
      component('src/orders-service'),
      component('src/orders-service/lib', { runnable: false }),
      component('tools/gen'),
      route('src/orders-service/lib/a.js', '/a'),
      route('src/web/b.js', '/b'),
      route('specs/orders.yaml', '/c', { title: 'Orders' }),
      route('lost/d.js', '/d'),
      call(named('web'), address('orders', { namespace: 'shop' })),
      call(named('web'), address('api.example.net', { known: false })),
      credential(['value:1', 'secret:shop/db#p']),
      credential(['secret:/db#p'], { subject: named('web') }),
      credential(['declared:web/db', 'secret:shop/db']),
    ];
    const textOf = (all: readonly Observation[]) =>
      [...new Set(attribute(all, { environment: 'prod' }).facts.map(canonicalJson))].sort();
    const want = textOf(observations);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(observations, { minLength: observations.length }),
        fc.subarray(observations),
        (all, again) => {
          expect(textOf([...all, ...again])).toEqual(want);
        },
      ),
    );
  });
});
