import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sighting, TemplateCorrection } from '../../estate/index.ts';
import { Tally } from '../traffic/tally.ts';
import { createTemplateLearner, fromSnapshot } from './index.ts';
import type { Knowledge, TemplateLearner } from './port.ts';

type Request = readonly [method: string, path: string, status?: number];

const NOTHING: Knowledge = { priors: [], corrections: [] };

function sighting(status: number): Sighting {
  return {
    service: { key: 'name //shop', subject: { by: 'name', name: 'shop' } },
    protocol: 'http',
    method: 'GET',
    path: '/',
    status,
    count: 1,
    firstAt: 1_000,
    lastAt: 2_000,
  };
}

function add(learner: TemplateLearner, requests: readonly Request[]): TemplateLearner {
  for (const [method, path, status = 200] of requests) {
    learner.tallyOf(method, path).add(sighting(status));
  }
  return learner;
}

function learned(requests: readonly Request[], knowledge = NOTHING): string[] {
  return namesOf(add(createTemplateLearner(), requests), knowledge);
}

function namesOf(learner: TemplateLearner, knowledge = NOTHING): string[] {
  return learner.endpoints(knowledge).map(({ method, template }) => `${method} ${template}`);
}

/** `count` paths with the numbered value in the place of `*`. */
function many(count: number, path: string, valueAt: (index: number) => string): Request[] {
  return Array.from({ length: count }, (_, index) => [
    'GET',
    path.replaceAll('*', () => valueAt(index)),
  ]);
}

const NAMES =
  `ada bob cleo dora emil fritz gina hugo ines jonas klara leo mia nora otto paula quinn rosa sven
  tilda ugo vera willi xenia yann zelda`.split(/\s+/);
const DEEP =
  `cards/limits cards/pin cards/blocks loans/schedule loans/early-repayment payments/batch
  payments/recurring/next transfers/drafts transfers/rates statements/monthly settings/alerts`.split(
    /\s+/,
  );
const nameOf = (index: number): string => `${NAMES[index % NAMES.length]}`;

/** What a plain output of the whole state is, for comparing. */
function all(learner: TemplateLearner, knowledge = NOTHING): unknown {
  return learner.endpoints(knowledge).map(({ tally, ...endpoint }) => ({
    ...endpoint,
    requests: tally.requests,
    statuses: [...tally.statuses].sort(([a], [b]) => a - b),
  }));
}

describe('templates are learnt', () => {
  it.each<[title: string, requests: Request[], want: string[]]>([
    ['numbers are values', many(5, '/orders/*', String), ['GET /orders/{orderId}']],
    [
      'a literal beside values stays one',
      [
        ...many(30, '/users/*', (index) => String(1000 + index)),
        ['GET', '/users/me'],
        ['GET', '/users/me'],
      ],
      ['GET /users/me', 'GET /users/{userId}'],
    ],
    [
      'versions are no values',
      [...many(9, '/v1/orders/*', String), ...many(9, '/v2/orders/*', String)],
      ['GET /v1/orders/{orderId}', 'GET /v2/orders/{orderId}'],
    ],
    [
      'names are values where what follows them is alike',
      [
        ...many(26, '/users/*', nameOf),
        ...many(26, '/users/*/orders', nameOf),
        ...many(26, '/users/*/address', nameOf),
      ],
      ['GET /users/{userId}', 'GET /users/{userId}/address', 'GET /users/{userId}/orders'],
    ],
    [
      'an ending of a representation is part of the template',
      many(9, '/invoices/*.json', String),
      ['GET /invoices/{invoiceId}.json'],
    ],
    [
      'several representations of one thing are one template',
      [
        ...many(9, '/invoices/*.json', String),
        ...many(9, '/invoices/*.xml', String),
        ['GET', '/lists.json'],
        ['GET', '/lists.xml'],
      ],
      ['GET /invoices/{invoiceId}.{format}', 'GET /lists.{format}'],
    ],
    [
      'a custom method is part of the template',
      [...many(9, '/jobs/*', String), ...many(9, '/jobs/*:cancel', String)],
      ['GET /jobs/{jobId}', 'GET /jobs/{jobId}:cancel'],
    ],
    [
      'two values in a segment are two parameters',
      many(9, '/compare/*', (index) => `branch${index}...main`),
      ['GET /compare/{compareId}...{compareId2}'],
    ],
    [
      'a date is called so',
      many(9, '/reports/*', (index) => `2025-03-0${index + 1}`),
      ['GET /reports/{date}'],
    ],
    [
      'slashes at the end or doubled do not count',
      [
        ['GET', '/a/'],
        ['GET', '/a'],
        ['GET', '//a'],
      ],
      ['GET /a'],
    ],
    [
      'matrix parameters do not count',
      [
        ['GET', '/cars;color=red/list;page=1'],
        ['GET', '/cars/list'],
      ],
      ['GET /cars/list'],
    ],
    [
      'an encoded slash stays inside its segment',
      many(9, '/files/*/raw', (index) => `docs%2fpage${index}.md`),
      ['GET /files/{name}/raw'],
    ],
    [
      'spellings that differ in case and lead to the same are one',
      [...many(9, '/Orders/*', String), ...many(3, '/orders/*', String)],
      ['GET /Orders/{orderId}'],
    ],
    [
      'spellings that lead elsewhere are two',
      [
        ['GET', '/Status'],
        ['GET', '/status/all'],
        ['POST', '/status/reset'],
      ],
      ['GET /Status', 'GET /status/all', 'POST /status/reset'],
    ],
    [
      'a version that is a date stays',
      [...many(30, '/2010-04-01/calls/*', String), ...many(10, '/2010-04-01/messages/*', String)],
      ['GET /2010-04-01/calls/{callId}', 'GET /2010-04-01/messages/{messageId}'],
    ],
    [
      'a number that never changes is a version, however deep',
      [
        ...many(30, '/rest/api/2/issues/*', String),
        ...many(10, '/rest/api/2/boards/*', String),
        ['GET', '/rest/api/2/myself'],
      ],
      [
        'GET /rest/api/2/boards/{boardId}',
        'GET /rest/api/2/issues/{issueId}',
        'GET /rest/api/2/myself',
      ],
    ],
    [
      'two or three small numbers that lead elsewhere are versions',
      [
        ...['token', 'revoke', 'user'].flatMap((name) => many(15, `/oauth/1/${name}`, String)),
        ...['device', 'introspect', 'keys'].flatMap((name) => many(15, `/oauth/2/${name}`, String)),
      ],
      [
        'GET /oauth/1/revoke',
        'GET /oauth/1/token',
        'GET /oauth/1/user',
        'GET /oauth/2/device',
        'GET /oauth/2/introspect',
        'GET /oauth/2/keys',
      ],
    ],
    [
      'the only numbers of a collection are values all the same',
      ['orders', 'address', 'cart', 'cards', 'visits', 'notes'].flatMap((name) =>
        many(20, `/users/*/${name}`, (index) => String(1 + (index % 2))),
      ),
      ['address', 'cards', 'cart', 'notes', 'orders', 'visits'].map(
        (name) => `GET /users/{userId}/${name}`,
      ),
    ],
    [
      'names of which each shows a little of one large tree are values',
      many(400, '/accounts/*', (index) => `${nameOf(index)}/${DEEP[(index * 7) % DEEP.length]}`),
      [...DEEP].sort().map((rest) => `GET /accounts/{accountId}/${rest}`),
    ],
    ['the root is a path', [['GET', '/']], ['GET /']],
  ])('%s', (_, requests, want) => {
    expect(learned(requests)).toEqual(want);
  });

  it('what only ever answered 404 stands apart and merges no literals', () => {
    const api: Request[] = ['login', 'logout', 'status', 'orders', 'carts'].map((name) => [
      'GET',
      `/${name}`,
    ]);
    const probes = many(3000, '/*', (index) => `x${index.toString(36)}.php`).map(
      ([method, path]): Request => [method, path, 404],
    );
    const learner = add(createTemplateLearner(), [...probes, ...api, ...probes]);
    const answered = learner
      .endpoints(NOTHING)
      .filter(({ tally }) => [...tally.statuses.keys()].some((status) => status !== 404));
    expect(answered.map(({ template }) => template)).toEqual([
      '/carts',
      '/login',
      '/logout',
      '/orders',
      '/status',
    ]);
    expect(learner.size).toBeLessThan(3000);
  });

  it('a value that was not found falls under the template of the values that were', () => {
    const learner = add(createTemplateLearner(), [
      ...many(20, '/orders/*', String),
      ['GET', '/orders/99999', 404],
      ['GET', '/orders/no-such-order', 404],
    ]);
    expect(namesOf(learner)).toEqual(['GET /orders/{orderId}']);
    expect(learner.match('GET', '/orders/another-one')).toBe('/orders/{orderId}');
    expect(learner.match('GET', '/nowhere/at/all')).toBeUndefined();
  });

  it('keeps no value that may be a secret, nor a person’s address', () => {
    const token = 'Ab3dE9fGh1'.repeat(5);
    const learner = add(createTemplateLearner(), [
      ...many(5, '/reset/*', (index) => `${token}${index}`),
      ...many(5, '/people/*', (index) => `ada${index}@example.org`),
    ]);
    const text = JSON.stringify([learner.endpoints(NOTHING), learner.toSnapshot(() => 0)]);
    expect(text).not.toContain(token);
    expect(text).not.toContain('example.org');
    expect(namesOf(learner)).toEqual(['GET /people/{email}', 'GET /reset/{token}']);
  });
});

describe('what is known beforehand', () => {
  const users: Request[] = [
    ...many(26, '/users/*', nameOf),
    ['GET', '/users/search'],
    ['POST', '/users/x/y'],
  ];

  it('fixes what it covers, the most literal first, and lends its names', () => {
    const priors = [
      { from: 'specification', method: 'GET', template: '/users/{name}' },
      { from: 'specification', method: 'GET', template: '/users/search' },
    ] as const;
    const learner = add(createTemplateLearner(), users);
    const from = learner
      .endpoints({ priors, corrections: [] })
      .map(
        (endpoint) =>
          `${endpoint.from} ${endpoint.method} ${endpoint.template} ${endpoint.tally.requests}`,
      );
    expect(from).toContain('specification GET /users/search 1');
    expect(from).toContain('specification GET /users/{name} 26');
    expect(learner.match('GET', '/users/somebody')).toBe('/users/{name}');
  });

  it('is followed by rank where two say the same', () => {
    const priors = [
      { from: 'code', template: '/users/{c}' },
      { from: 'route', template: '/users/{r}' },
      { from: 'specification', template: '/users/{s}' },
    ] as const;
    const endpoints = add(createTemplateLearner(), users).endpoints({ priors, corrections: [] });
    expect(endpoints).toContainEqual(
      expect.objectContaining({ method: 'GET', template: '/users/{r}', from: 'route' }),
    );
  });

  it('takes any number of segments for a parameter that says so', () => {
    const priors = [{ from: 'specification', template: '/static/{path+}' }] as const;
    expect(
      learned(
        [
          ['GET', '/static/a/b/c.css'],
          ['GET', '/static/d.js'],
        ],
        { priors, corrections: [] },
      ),
    ).toEqual(['GET /static/{path+}']);
  });
});

describe('a name that fits a declared parameter', () => {
  const orders = many(60, '/orders/*', (index) => String(1_000 + index));
  const search = many(60, '/orders/search', () => '');
  const declared = [{ from: 'specification', method: 'GET', template: '/orders/{id}' }] as const;
  const merge = { correction: 'merge', template: '/orders/{id}' } as const;

  it('is an endpoint of its own where it clearly is no value', () => {
    expect(learned([...orders, ...search], { priors: declared, corrections: [] })).toEqual([
      'GET /orders/search',
      'GET /orders/{id}',
    ]);
  });

  it.each<[string, Request[], Knowledge]>([
    ['values are names', many(60, '/orders/*', nameOf), { priors: declared, corrections: [] }],
    ['a person merged it', [...orders, ...search], { priors: declared, corrections: [merge] }],
    [
      'the template goes on below it',
      [...orders, ...search, ...many(60, '/orders/search/lines', () => '')],
      {
        priors: [
          ...declared,
          { from: 'specification', method: 'GET', template: '/orders/{id}/lines' },
        ],
        corrections: [],
      },
    ],
  ])('falls under it where %s', (_, requests, knowledge) => {
    expect(learned(requests, knowledge)).not.toContain('GET /orders/search');
    expect(learned(requests, knowledge)).toContain('GET /orders/{id}');
  });
});

describe('a person’s correction', () => {
  const traffic: Request[] = [
    ...many(40, '/users/*', (index) => String(index)),
    ...many(40, '/users/*/orders', (index) => String(index)),
    ['GET', '/kinds/small'],
    ['GET', '/kinds/large'],
  ];
  const split = {
    correction: 'split',
    template: '/users/{userId}',
    parameter: 'userId',
    values: ['7'],
  } satisfies TemplateCorrection;
  const merge = { correction: 'merge', template: '/kinds/{kind}' } satisfies TemplateCorrection;
  const rename = {
    correction: 'rename',
    template: '/users/{userId}',
    to: '/users/{login}',
  } satisfies TemplateCorrection;

  it('merges, and outranks what is known beforehand', () => {
    const priors = [{ from: 'specification', template: '/kinds/small' }] as const;
    const names = learned(traffic, { priors, corrections: [merge] });
    expect(names).toContain('GET /kinds/{kind}');
    expect(names.filter((name) => name.includes('/kinds/'))).toHaveLength(1);
  });

  it('splits a value off, with all that comes of it from then on', () => {
    const learner = add(createTemplateLearner(), traffic);
    const knowledge = { priors: [], corrections: [split] };
    learner.endpoints(knowledge);
    add(learner, [
      ['GET', '/users/7'],
      ['GET', '/users/7/orders'],
      ['GET', '/users/8'],
    ]);
    const names = namesOf(learner, knowledge);
    expect(names).toContain('GET /users/7');
    expect(names).toContain('GET /users/7/orders');
    expect(names).toContain('GET /users/{userId}');
    expect(learner.endpoints(knowledge).find(({ template }) => template === '/users/7')?.from).toBe(
      'person',
    );
  });

  it('renames', () => {
    expect(learned(traffic, { priors: [], corrections: [rename] })).toContain('GET /users/{login}');
  });

  it('stays after further traffic, and leaves no trace when it is undone', () => {
    const learner = add(createTemplateLearner(), traffic);
    const before = all(learner);
    const knowledge = { priors: [], corrections: [split, merge, rename] };
    learner.endpoints(knowledge);
    expect(all(learner)).toEqual(before);
    add(learner, traffic);
    const after = namesOf(learner, knowledge);
    expect(after).toContain('GET /users/7');
    expect(after).toContain('GET /kinds/{kind}');
    expect(all(learner)).toEqual(all(add(createTemplateLearner(), [...traffic, ...traffic])));
  });
});

describe('counts', () => {
  const segment = fc.oneof(
    fc.constantFrom('users', 'orders', 'v1', 'me', 'search', 'items', 'a.json', '7', 'x%2fy'),
    fc.integer({ min: 0, max: 30 }).map(String),
    fc.constantFrom(...NAMES),
    fc.uuid(),
  );
  const request = fc.tuple(
    fc.constantFrom('GET', 'POST', 'DELETE'),
    fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
    fc.constantFrom(200, 200, 201, 404, 403, 500),
  );
  const requests = fc.array(request, { maxLength: 120 });

  it('give the same in any order', () => {
    fc.assert(
      fc.property(requests, fc.infiniteStream(fc.nat()), (list, numbers) => {
        const shuffled = list
          .map((one) => ({ one, key: numbers.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        expect(all(add(createTemplateLearner(), shuffled))).toEqual(
          all(add(createTemplateLearner(), list)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('give the same however they are divided among learners that are merged', () => {
    fc.assert(
      fc.property(requests, fc.nat({ max: 120 }), fc.nat({ max: 120 }), (list, first, second) => {
        const [from, to] = first < second ? [first, second] : [second, first];
        const parts = [list.slice(to), list.slice(0, from), list.slice(from, to)];
        const [sum, ...others] = parts.map((part) => add(createTemplateLearner(), part));
        for (const other of others) sum?.merge(other);
        expect(sum && all(sum)).toEqual(all(add(createTemplateLearner(), list)));
      }),
      { numRuns: 60 },
    );
  });

  it('survive being written and read', () => {
    fc.assert(
      fc.property(requests, requests, (list, more) => {
        const learner = add(createTemplateLearner(), list);
        const tallies: Tally[] = [];
        const snapshot = JSON.parse(
          JSON.stringify(learner.toSnapshot((tally) => tallies.push(tally) - 1)),
        );
        const read = fromSnapshot(snapshot, (json) => {
          const tally = new Tally();
          tally.merge(tallies[Number(json)] ?? new Tally());
          return tally;
        });
        expect(read.size).toBe(learner.size);
        expect(all(add(read, more))).toEqual(all(add(learner, more)));
      }),
      { numRuns: 40 },
    );
  });

  it('add up to the requests, and every path that was counted matches its template', () => {
    fc.assert(
      fc.property(requests, (list) => {
        const learner = add(createTemplateLearner(), list);
        const endpoints = learner.endpoints(NOTHING);
        expect(endpoints.reduce((sum, { tally }) => sum + tally.requests, 0)).toBe(list.length);
        const names = new Set(endpoints.map(({ method, template }) => `${method} ${template}`));
        for (const [method, path] of list) {
          expect(names).toContain(`${method} ${learner.match(method, path)}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('take any path', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.string({ unit: 'binary' })), { maxLength: 30 }),
        (list) => {
          const learner = createTemplateLearner();
          for (const [method, path] of list) learner.tallyOf(method, path).add(sighting(200));
          const sum = learner
            .endpoints(NOTHING)
            .reduce((total, { tally }) => total + tally.requests, 0);
          expect(sum).toBe(list.length);
        },
      ),
    );
  });
});

describe('whatever the paths, the nodes are bounded', () => {
  const limits = { maxNodes: 2_000, maxDepth: 24 };
  const hash = (index: number, salt: number): string =>
    `w${(Math.imul(index + 1, 2654435761 + salt * 97) >>> 0).toString(36).replace(/\d/g, 'q')}`;
  it.each<[title: string, pathOf: (index: number) => string]>([
    ['one place with many names', (index) => `/users/${hash(index, 0)}`],
    [
      'many names under many names',
      (index) => `/${hash(index, 1)}/${hash(index, 2)}/${hash(index, 3)}`,
    ],
    [
      'very deep',
      (index) => `/${Array.from({ length: 200 }, (_, at) => hash(index, at)).join('/')}`,
    ],
    ['long segments', (index) => `/${hash(index, 0).repeat(1_000)}/x${index % 50}`],
    ['many typed', (index) => `/orders/${index}/items/${index * 7}/parts/${hash(index, 2)}`],
    ['many suffixes', (index) => `/jobs/${index}:${hash(index, 3)}`],
  ])('%s', (_, pathOf) => {
    const learner = createTemplateLearner(limits);
    for (let index = 0; index < 20_000; index++)
      learner.tallyOf('GET', pathOf(index)).add(sighting(200));
    expect(learner.size).toBeLessThanOrEqual(limits.maxNodes + 64);
    const sum = learner.endpoints(NOTHING).reduce((total, { tally }) => total + tally.requests, 0);
    expect(sum).toBe(20_000);
  });

  it('keeps a literal that is asked often among names without number', () => {
    const learner = createTemplateLearner(limits);
    for (let index = 0; index < 30_000; index++) {
      learner.tallyOf('GET', `/users/${hash(index, 0)}`).add(sighting(200));
      learner.tallyOf('GET', `/users/${hash(index, 0)}/orders`).add(sighting(200));
      if (index % 10 === 0) learner.tallyOf('POST', '/users/search').add(sighting(200));
    }
    expect(namesOf(learner)).toEqual([
      'POST /users/search',
      'GET /users/{userId}',
      'GET /users/{userId}/orders',
    ]);
  });
});
