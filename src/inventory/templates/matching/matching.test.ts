import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Sighting, toParty } from '../../../estate/sighting/index.ts';
import { createTemplateLearner } from '../learner.ts';
import { generalise, TemplateMatcher } from './index.ts';

const sighting: Sighting = {
  service: toParty({ by: 'name', name: 'orders' }),
  ...{ protocol: 'http', method: 'GET', path: '/', status: 200, count: 1, firstAt: 0, lastAt: 0 },
};

describe('templates that are known', () => {
  const matcher = new TemplateMatcher([
    { from: 'specification', method: 'GET', template: '/orders/{id}' },
    { from: 'specification', method: 'GET', template: '/orders/export' },
    { from: 'code', template: '/files/{path...}' },
    { from: 'code', method: 'GET', template: '/orders/{id}.json' },
  ]);

  it.each([
    ['GET', '/orders/17', '/orders/{id}'],
    ['GET', '/orders/export', '/orders/export'],
    ['GET', '/orders/export/', '/orders/export'],
    ['GET', '/orders/%65xport', '/orders/export'],
    ['GET', '/orders/17.json', '/orders/{id}.json'],
    ['DELETE', '/files/a/b/c', '/files/{path...}'],
    ['POST', '/orders/17', undefined],
    ['GET', '/unheard/of', undefined],
  ])('take %s %s as %s', (method, path, template) => {
    expect(matcher.match(method, path)).toBe(template);
  });

  it('are looked for in a time that is bounded, whatever they are', () => {
    const overlapping = Array.from({ length: 12 }, (_, at) => `/${'{a}/b'.repeat(at)}/{x}`);
    const wide = new TemplateMatcher(
      overlapping.map((template) => ({ from: 'code' as const, template })),
    );
    fc.assert(fc.property(fc.string(), (path) => void wide.match('GET', `/b/${path}`)));
    expect(wide.match('GET', '/b'.repeat(10_000))).toBeUndefined();
  });
});

describe('a path that nobody knows', () => {
  it.each([
    ['/orders/17', '/orders/{orderId}'],
    ['/', '/'],
    ['/v1/3f2b8c1e-9d4a-4e21-a7b5-0c6d8e9f1a2b', '/v1/{id}'],
    ['/users/ada@example.org/orders/17', '/users/{email}/orders/{orderId}'],
    ['/a/1/2', '/a/{aId}/{id}'],
    ['/{x}', '/{name}'],
    [`/a${'/b'.repeat(30)}`, `/a${'/b'.repeat(23)}/{rest...}`],
  ])('%s is generalised to %s', (path, template) => {
    expect(generalise(path)).toBe(template);
  });

  it('is called as learning calls it', () => {
    const learner = createTemplateLearner();
    for (let order = 1_000; order < 1_200; order++) {
      learner.tallyOf('GET', `/v1/orders/${order}/lines`).add(sighting);
    }
    const [learnt] = learner.endpoints({ priors: [], corrections: [] });
    expect(generalise('/v1/orders/1/lines')).toBe(learnt?.template);
  });

  it('is always a path, whatever it was', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        expect(generalise(path)).toMatch(/^\//);
      }),
    );
  });
});
