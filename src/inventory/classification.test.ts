import { describe, expect, it } from 'vitest';
import { classify } from './classification.ts';
import { covers, meansOperation, shapeOf } from './shape.ts';

describe('the kind of data', () => {
  const cases: [template: string, fields: string[], want: string[]][] = [
    ['/v1/charges', ['cardNumber'], ['pci']],
    ['/v1/charges', ['credit-card_number'], ['pci']],
    ['/patients/{id}/medications', [], ['phi']],
    ['/users/{id}', [], ['pii']],
    ['/orders/{id}', ['shippingAddress'], ['pii']],
    ['/orders', ['user'], []],
    ['/login', ['password'], ['credentials']],
    ['/products/{id}', ['name', 'price', 'cardinality'], []],
    ['/discards', [], []],
  ];
  it.each(cases)('of %s with %j is %j', (template, fields, want) => {
    expect(classify(template, fields).map(({ tag }) => tag)).toEqual(want);
  });
  it('comes with its reason', () => {
    expect(classify('/x', ['eMail'])).toEqual([{ tag: 'pii', because: 'the field `eMail`' }]);
  });
});

describe('a route', () => {
  const cases: [
    path: string,
    match: 'prefix' | 'exact' | 'pattern',
    template: string,
    want: boolean,
  ][] = [
    ['/', 'prefix', '/a', true],
    ['/a', 'prefix', '/a', true],
    ['/a', 'prefix', '/a/b', true],
    ['/a/', 'prefix', '/a/b', true],
    ['/a', 'prefix', '/ab', false],
    ['/a/*', 'prefix', '/a/b', true],
    ['/a', 'exact', '/a/b', false],
    ['/a/{x}', 'exact', '/a/{y}', true],
    ['^/a/(b|c)', 'pattern', '/a/b', true],
    ['^/a/(b|c)', 'pattern', '/d', false],
  ];
  it.each(cases)('%s as %s covers %s: %s', (path, match, template, want) => {
    expect(covers(path, match, template)).toBe(want);
  });
});

describe('an operation of a caller', () => {
  const cases: [operation: string, method: string, template: string, want: boolean][] = [
    ['GET /a/7', 'GET', '/a/{id}', true],
    ['GET /a/{x}', 'GET', '/a/b', true],
    ['POST /a/7', 'GET', '/a/{id}', false],
    ['GET /a', 'ANY', '/a', true],
    ['/a', 'GET', '/a', true],
    ['shop.Orders/Get', 'RPC', '/shop.Orders/Get', true],
    ['*', 'GET', '/a', false],
    ['GET /a/b/c', 'GET', '/a/{id}', false],
  ];
  it.each(cases)('%s means %s %s: %s', (operation, method, template, want) => {
    expect(meansOperation(operation, method, template)).toBe(want);
  });
});

it('shapes forget the names of parameters and trailing slashes', () => {
  expect([shapeOf('/a/{id}/'), shapeOf('/'), shapeOf('/{a}.{b}')]).toEqual([
    '/a/{}',
    '/',
    '/{}.{}',
  ]);
});
