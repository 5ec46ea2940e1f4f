import { describe, expect, it } from 'vitest';
import { type Api, operationKey, shapeOf } from '../bench/templates/api.ts';
import { baselines } from '../bench/templates/baselines/index.ts';
import { distinctPaths } from '../bench/templates/distinct.ts';
import { NOT_TRAINED_WITH, TRAINED_WITH } from '../bench/templates/generators.ts';
import { poolTraffic } from '../bench/templates/pool-traffic.ts';
import { hashOf, seeded, weighted, zipfRank } from '../bench/templates/random.ts';
import { type Learned, score } from '../bench/templates/score.ts';
import { readApi } from '../bench/templates/specification.ts';
import { f1, summarise } from '../bench/templates/summary.ts';
import { PROBE, STYLES, type Traffic, type TrueOperation } from '../bench/templates/traffic.ts';
import * as unseen from '../bench/templates/unseen/words.ts';
import { variedProfile } from '../bench/templates/varied.ts';
import { WORDS } from '../bench/templates/words.ts';

/** The bench of template learning has rules of its own, which its figures stand on. */

const API: Api = {
  provider: 'example.test',
  operations: [
    'GET /v1/orders',
    'POST /v1/orders',
    'GET /v1/orders/{id}',
    'DELETE /v1/orders/{id}',
    'GET /v1/orders/{id}/items/{item}',
    'GET /v1/reports/{name}.json',
    'GET /v1/customers/{id}',
    'GET /v1/customers/{id}/orders',
    'GET /v1/prices/{currency}',
    'GET /v1/places/{latitude},{longitude}',
  ].map((line) => {
    const [method = '', template = ''] = line.split(' ');
    const parameters = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      ...(name === 'currency' ? { values: ['EUR', 'USD'] } : {}),
    }));
    return { method, template, parameters };
  }),
};
const WANTED = { requests: 2_000 };

function operation(line: string, isClosed = false): TrueOperation {
  const [method = '', template = ''] = line.split(' ');
  const styles = [...template.matchAll(/\{/g)].map(() => 'slug' as const);
  return { method, template, parameters: [], styles, isClosed };
}

/** Requests as `method path status truth`. */
function traffic(operations: readonly TrueOperation[], lines: readonly string[]): Traffic {
  const requests = lines.map((line) => {
    const [method = '', path = '', status = '', truth = ''] = line.split(' ');
    return { method, path, status: Number(status), truth: Number(truth) };
  });
  return { api: 'example.test', operations, requests };
}

/** What was learnt, as templates by request. */
function learned(byRequest: Readonly<Record<string, string>>, { requests }: Traffic): Learned {
  const match = (method: string, path: string) => byRequest[`${method} ${path}`] ?? path;
  const templates = Map.groupBy(requests, ({ method, path }) =>
    operationKey(method, match(method, path)),
  );
  return {
    match,
    templates: [...templates].map(([key, of]) => {
      const [method = '', template = ''] = key.split(' ');
      return { method, template, statuses: of.map(({ status }) => status) };
    }),
  };
}

const ORDERS = [operation('GET /orders/{id}'), operation('GET /orders/latest')];
const SOME = traffic(ORDERS, [
  'GET /orders/red 200 0',
  'GET /orders/blue 200 0',
  'GET /orders/latest 200 1',
  `GET /.env 404 ${PROBE}`,
  `GET /admin 403 ${PROBE}`,
]);
const RIGHT = { 'GET /orders/red': '/orders/{x}', 'GET /orders/blue': '/orders/{x}' };

describe('the score of templates', () => {
  it('is full when every request is under the shape of its operation', () => {
    const of = score(SOME, learned(RIGHT, SOME));
    expect(of).toMatchObject({ exact: 2, learned: 2, operations: 2, missed: [], wrong: [] });
    expect(of.grouped).toEqual({ part: 3, whole: 3 });
    expect(of.routed).toEqual({ part: 3, whole: 3 });
    expect(of.mergedOperations.part).toBe(0);
  });
  it('counts what was only refused as learnt where that is asked, and never what was not found', () => {
    const of = score(SOME, learned(RIGHT, SOME));
    expect(of.withRefused).toEqual({ exact: 2, learned: 3 });
    expect(of.probes).toBe(1);
  });
  it('tells an operation that another swallowed, and counts both as merged', () => {
    const of = score(SOME, learned({ ...RIGHT, 'GET /orders/latest': '/orders/{x}' }, SOME));
    expect(of).toMatchObject({ exact: 1, learned: 1, missed: ['GET /orders/latest'] });
    expect(of.mergedOperations).toEqual({ part: 2, whole: 2 });
    expect(of.swallowedOperations).toEqual({ part: 1, whole: 2 });
    expect(of.falselyMerged).toEqual({ part: 3, whole: 3 });
    expect(of.grouped.part).toBe(0);
  });
  it('counts every path apart as wrong when nothing is learnt', () => {
    const of = score(SOME, learned({}, SOME));
    expect(of).toMatchObject({ exact: 1, learned: 3, missed: ['GET /orders/{}'] });
    expect(of.wrong).toEqual(['GET /orders/red', 'GET /orders/blue']);
  });
  it('sees a right grouping under a wrong template', () => {
    const star = { 'GET /orders/red': '/{a}/{b}', 'GET /orders/blue': '/{a}/{b}' };
    const of = score(SOME, learned(star, SOME));
    expect(of.grouped).toEqual({ part: 3, whole: 3 });
    expect(of.exact).toBe(1);
  });
  it('leaves out operations that were not seen, or only with 404', () => {
    const of = traffic(
      [...ORDERS, operation('GET /orders/{id}/items')],
      ['GET /orders/red 200 0', 'GET /orders/latest 404 1'],
    );
    expect(score(of, learned(RIGHT, of))).toMatchObject({ exact: 1, learned: 1, operations: 1 });
  });
  it('sets operations with closed lists, and what was learnt of them, apart', () => {
    const of = traffic(
      [ORDERS[1] ?? operation(''), operation('GET /prices/{currency}', true)],
      ['GET /orders/latest 200 0', 'GET /prices/EUR 200 1', 'GET /prices/USD 200 1'],
    );
    const result = score(of, learned({}, of));
    expect(result).toMatchObject({ exact: 1, learned: 3, operations: 2 });
    expect(result.open).toEqual({ exact: 1, learned: 1, operations: 1 });
  });
  it('takes two operations of one shape for one, and tells recall by how often it was seen', () => {
    const of = traffic(
      [operation('GET /a/{id}'), operation('GET /a/{name}')],
      ['GET /a/1 200 0', 'GET /a/2 200 1'],
    );
    const result = score(of, learned({ 'GET /a/1': '/a/{x}', 'GET /a/2': '/a/{x}' }, of));
    expect(result).toMatchObject({ exact: 1, learned: 1, operations: 1 });
    expect(result.bySeen['2-4']).toEqual({ part: 1, whole: 1 });
    expect(result.mergedOperations.part).toBe(0);
  });
  it('is the mean over APIs on one side, and over all operations on the other', () => {
    const large = score(SOME, learned(RIGHT, SOME));
    const small = score(SOME, learned({}, SOME));
    const of = summarise([large, small]);
    expect(of.averaged).toBeCloseTo((1 + f1(1, 3, 2)) / 2);
    expect(of.overall).toBeCloseTo(f1(3, 5, 4));
    expect(of).toMatchObject({ apis: 2, operations: 4 });
  });
});

describe('shapes of templates', () => {
  it.each([
    ['/users/{id}', '/users/{}'],
    ['/users/{id}/', '/users/{}'],
    ['/', '/'],
    ['/{a}...{b}', '/{}...{}'],
    ['/%24metadata', '/$metadata'],
    ['/50%/{x}', '/50%/{}'],
  ])('%s has the shape %s', (template, shape) => {
    expect(shapeOf(template)).toBe(shape);
  });
});

/** Some of the worlds that lessons are drawn from. */
const VARIED = [1, 2, 3].map((seed) => {
  const profile = variedProfile(['order', 'price', 'list'], seeded(seed));
  return poolTraffic({ ...profile, name: `of world ${seed} drawn by chance` });
});

describe.each([...TRAINED_WITH, ...VARIED, NOT_TRAINED_WITH])(
  'the generator $name',
  (generator) => {
    const made = generator.generate(API, WANTED, seeded(7));
    const own = made.requests.filter(({ truth }) => truth !== PROBE);

    it('makes equal traffic of equal seeds, and other traffic of others', () => {
      expect(generator.generate(API, WANTED, seeded(7))).toEqual(made);
      expect(generator.generate(API, WANTED, seeded(8))).not.toEqual(made);
    });
    it('writes paths that their operation has, with its method', () => {
      for (const { method, path, truth } of own) {
        const { template = '', method: wanted } = made.operations[truth] ?? {};
        const pattern = template.replaceAll('.', '\\.').replace(/\{[^{}]*\}/g, '[^/]+');
        expect(`${method} ${path}`).toMatch(new RegExp(`^${wanted} ${pattern}/?$`));
      }
    });
    it('never writes a value that is a literal beside the parameter', () => {
      const literals = new Set(
        made.operations.map((one) => operationKey(one.method, one.template)),
      );
      for (const { method, path, truth } of own) {
        const { template = '' } = made.operations[truth] ?? {};
        if (template.includes('{')) expect(literals).not.toContain(operationKey(method, path));
      }
    });
    it('never writes a value that holds what divides it from the rest of its segment', () => {
      const places = own.filter(({ path }) => path.startsWith('/v1/places/'));
      expect(places.length).toBeGreaterThan(0);
      for (const { path } of places) expect(path.split(',')).toHaveLength(2);
    });
    it('asks a quarter of the operations less than five times, and all of them', () => {
      const counts = made.operations.map(
        (_, index) => own.filter(({ truth }) => truth === index).length,
      );
      const seldom = counts.filter((count) => count < 5).length;
      expect(seldom).toBe(Math.round(made.operations.length / 4));
      expect(Math.min(...counts)).toBeGreaterThan(0);
    });
    it('has about two probes in a hundred, answered 401, 403 or 404', () => {
      const probes = made.requests.filter(({ truth }) => truth === PROBE);
      expect(probes.length / made.requests.length).toBeGreaterThan(0.01);
      expect(probes.length / made.requests.length).toBeLessThan(0.03);
      for (const { status } of probes) expect([401, 403, 404]).toContain(status);
    });
    it('takes closed lists from the specification, and says so', () => {
      const prices = own.filter(({ truth }) => made.operations[truth]?.isClosed);
      expect(prices.length).toBeGreaterThan(0);
      for (const { path } of prices) expect(path).toMatch(/\/(EUR|USD)\/?$/);
    });
    it.each(STYLES)('gives all free parameters the style %s where that is wanted', (style) => {
      const { operations } = generator.generate(API, { requests: 50, style }, seeded(1));
      const styles = new Set(operations.flatMap((one) => one.styles));
      expect([...styles].filter((one) => one !== undefined)).toEqual([style]);
    });
  },
);

describe('the generator that nothing is trained with', () => {
  it('shares no word with those for training', () => {
    const trained = new Set<string>(Object.values(WORDS).flat());
    const { SYLLABLES: _, ...words } = unseen;
    const shared = Object.values(words)
      .flat()
      .filter((word) => trained.has(word));
    expect(shared).toEqual([]);
  });
});

describe('reading a specification', () => {
  const item = (...parameters: object[]) => ({ get: { parameters } });
  it('puts the base path of either version before the paths', () => {
    const paths = { '/a/{id}': item() };
    expect(readApi('x', { basePath: '/v2/', paths }).operations[0]?.template).toBe('/v2/a/{id}');
    const servers = [{ url: 'https://{host}/{v}', variables: { v: { default: 'v3' } } }];
    expect(readApi('x', { servers, paths }).operations[0]?.template).toBe('/v3/a/{id}');
  });
  it('follows references to parameters, and keeps type, format and closed list', () => {
    const document = {
      paths: { '/a/{id}/{kind}': item({ $ref: '#/components/parameters/id' }, kind) },
      components: { parameters: { id: { name: 'id', in: 'path', schema: { type: 'integer' } } } },
    };
    expect(readApi('x', document).operations[0]?.parameters).toEqual([
      { name: 'id', type: 'integer' },
      { name: 'kind', type: 'string', values: ['big', 'small'] },
    ]);
  });
  it('knows what a parameter for a format takes', () => {
    const [operation] = readApi('x', { paths: { '/a/{id}.{format}': item() } }).operations;
    expect(operation?.parameters[1]).toEqual({ name: 'format', values: ['json', 'xml'] });
  });
  it('leaves out paths with a query or fragment, open braces, and second operations of a shape', () => {
    const paths = { '/a?b': item(), '/a#b': item(), '/{a': item(), '/{a}': item(), '/{b}': item() };
    expect(readApi('x', { paths }).operations.map(({ template }) => template)).toEqual(['/{a}']);
  });
  it.each([
    undefined,
    7,
    {},
    { paths: [] },
    { paths: { '/a': 1 } },
    { paths: { '/a': { get: { $ref: '#/x' } } } },
  ])('makes nothing of %j', (document) => {
    expect(readApi('x', document).operations).toEqual([]);
  });
});
const kind = { name: 'kind', in: 'path', type: 'string', enum: ['big', 'small'] };

describe('the rules of other systems', () => {
  const numbers = Array.from({ length: 30 }, (_, index) => `GET /orders/${index + 100} 200 0`);
  const of = traffic([operation('GET /orders/{id}')], numbers);
  it.each(baselines([API]).filter(({ name }) => name !== 'Drain'))(
    '$name finds numbers',
    (rule) => {
      expect(score(of, rule.learn(of.requests))).toMatchObject({ exact: 1, learned: 1 });
    },
  );
});

describe('sources of chance', () => {
  it('give the same on every machine', () => {
    expect(hashOf('reeve')).toBe(hashOf('reeve'));
    expect([seeded(1).next(), seeded(1).fork('a').below(1000)]).toMatchInlineSnapshot(`
      [
        0.6270739405881613,
        835,
      ]
    `);
  });
  it('draw by weight and by rank inside their bounds', () => {
    const random = seeded(3);
    const draw = weighted([0, 1, 3]);
    const drawn = Array.from({ length: 4_000 }, () => draw(random));
    expect(drawn.filter((index) => index === 0)).toEqual([]);
    expect(drawn.filter((index) => index === 2).length / 4_000).toBeCloseTo(0.75, 1);
    for (const exponent of [0.5, 1, 1.4]) {
      const ranks = Array.from({ length: 2_000 }, () => zipfRank(10, exponent, random));
      expect([Math.min(...ranks), Math.max(...ranks)]).toEqual([0, 9]);
      const first = ranks.filter((rank) => rank === 0).length;
      expect(first).toBeGreaterThan(ranks.filter((rank) => rank === 9).length);
    }
  });
});

it('distinct paths are distinct', () => {
  expect(new Set(distinctPaths(50_000)).size).toBe(50_000);
});
