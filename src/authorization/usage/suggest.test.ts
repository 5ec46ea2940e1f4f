import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grant, Policy } from '../model/index.ts';
import { parseOperation, toOperationPattern } from '../operations/index.ts';
import { sampleGrant } from '../testing/samples.ts';
import { covers } from './covers.ts';
import { suggest, type Use } from './index.ts';

const [WEB, ORDERS] = ['production/shop/web', 'production/shop/orders'];

const grant = (operation: string, line = 8, to = ORDERS) => sampleGrant(WEB, to, operation, line);
const use = (method: string, template: string, said: Partial<Use> = {}): Use => ({
  ...{ from: WEB, to: ORDERS, protocol: 'http', method, template, requests: 7 },
  ...said,
});
const policyOf = (...grants: Grant[]): Policy => ({
  ...{ services: [], endpoints: [], guardrails: [], grants },
});
const suggested = (grants: Grant[], ...uses: Use[]) => suggest(policyOf(...grants), uses);

const READ = use('GET', '/orders/{id}');

describe('a declared call', () => {
  it.each<[string, string, Use]>([
    ['that was used', 'GET /orders/{id}', READ],
    ['under another name of its parameter', 'GET /orders/{order}', READ],
    ['that was used by HEAD', 'GET /orders/{id}', use('HEAD', '/orders/{id}')],
    ['by gRPC', 'shop.v1.Orders/Get', use('RPC', '/shop.v1.Orders/Get', { protocol: 'grpc' })],
    ['of a field', 'QUERY order', use('QUERY', 'order', { protocol: 'graphql' })],
  ])('%s stays', (_, operation, used) => {
    expect(suggested([grant(operation)], used)).toEqual({ suggestions: [], unseen: [] });
  });

  it.each(['POST /orders', 'GET /orders/{id}/items', 'GET /orders/export', 'QUERY order'])(
    'of %s is to be removed where nobody used it',
    (operation) => {
      const declared = [grant('GET /orders/{id}'), grant(operation, 9)];
      expect(suggested(declared, READ).suggestions).toEqual([
        { kind: 'remove', grant: declared[1] },
      ]);
    },
  );

  it.each(['*', 'GET /orders/**', 'GET /orders/*', 'ANY /orders/{id}'])(
    'of %s is to be narrowed to what was used',
    (operation) => {
      const declared = grant(operation);
      expect(suggested([declared], READ, READ).suggestions).toEqual([
        { kind: 'narrow', grant: declared, operations: ['GET /orders/{id}'] },
      ]);
    },
  );

  it('to a service whose traffic nobody reports is left alone, and said', () => {
    expect(suggested([grant('GET /x', 8, 'production/shop/silent')], READ)).toMatchObject({
      suggestions: [{ kind: 'declare' }],
      unseen: ['production/shop/silent'],
    });
  });
});

describe('a call that nobody declares', () => {
  it.each(['POST /orders', 'GET /orders/export', 'GET /items/**'])(
    'is to be declared where only %s is',
    (operation) => {
      expect(suggested([grant(operation)], READ).suggestions).toContainEqual({
        ...{ kind: 'declare', from: WEB, to: ORDERS, operation: 'GET /orders/{id}', requests: 7 },
      });
    },
  );
});

it('suggestions come in the order of their kinds and places', () => {
  const grants = [grant('DELETE /x', 12), grant('DELETE /y', 9), grant('GET /orders/**', 10)];
  const uses = [READ, use('POST', '/b'), use('POST', '/a')];
  const kinds = suggested(grants, ...uses).suggestions.map((one) =>
    one.kind === 'declare' ? one.operation : `${one.kind} ${one.grant.source.line}`,
  );
  expect(kinds).toEqual(['remove 9', 'remove 12', 'narrow 10', 'POST /a', 'POST /b']);
});

it('what no declared call covers is to be declared, and what covers nothing removed', () => {
  const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'ANY');
  const templates = fc.constantFrom('/a', '/a/{x}', '/a/{y}', '/a/b', '/{z}/b', '/a/{r...}');
  const operations = fc.oneof(
    fc.constantFrom('*', 'GET /**', 'GET /a/*', 'ANY /a/**', 'QUERY a', 'a.b.C/D'),
    fc.tuple(methods, templates).map((one) => one.join(' ')),
  );
  const used = fc.oneof(
    fc.tuple(methods, templates).map(([method, template]) => use(method, template)),
    fc.constant(use('QUERY', 'a', { protocol: 'graphql' })),
    fc.constant(use('RPC', '/a.b.C/D', { protocol: 'grpc' })),
  );
  fc.assert(
    fc.property(fc.array(operations), fc.array(used, { minLength: 1 }), (declared, uses) => {
      const grants = declared.map((one, index) => grant(one, index + 1));
      const isCovered = (one: Grant, by: Use): boolean => {
        const [wide, narrow] = [parseOperation(one.operation), toOperationPattern(by)];
        return wide !== undefined && narrow !== undefined && covers(wide, narrow);
      };
      const { suggestions } = suggested(grants, ...uses);
      const kinds = (kind: string) => suggestions.filter((one) => one.kind === kind);
      expect(kinds('declare')).toHaveLength(
        uses.filter((by) => !grants.some((one) => isCovered(one, by))).length,
      );
      expect(kinds('remove')).toHaveLength(
        grants.filter((one) => !uses.some((by) => isCovered(one, by))).length,
      );
    }),
  );
});
