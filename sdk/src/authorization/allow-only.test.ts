import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../caller.ts';
import { allowOnly } from './allow-only.ts';
import type { Question } from './decision.ts';
import { ANYONE, type Table } from './table.ts';

const WEB = 'spiffe://example.org/ns/shop/sa/web';
const ADMIN = 'spiffe://example.org/ns/shop/sa/admin';
const OTHER = 'spiffe://other.example/ns/shop/sa/web';

const callerWith = (spiffeId: string): Caller => ({
  spiffeId,
  trustDomain: 'example.org',
  path: '/of/the/test',
  proof: 'mtls',
  expiresAt: new Date(0),
});

const base: Question = {
  caller: callerWith(WEB),
  method: 'GET',
  path: '/orders/42',
  template: '/orders/{id}',
  service: undefined,
};

const TABLE: Table = {
  'GET /orders/{id}': [WEB, ADMIN],
  'GET /orders/all': [ADMIN],
  'DELETE /orders/{id}': [ADMIN],
  'GET /files/{path...}': [WEB],
  'GET /catalogue': ['spiffe://example.org/ns/shop/*'],
  'GET /team': ['spiffe://example.org/*'],
  'GET /hello': [ANYONE],
  'GET /nobody': [],
  'POST /reviews/{id}/stars': [WEB],
  'GET /two%20words': [WEB],
};

type Row = readonly [what: string, change: Partial<Question>];

describe('a table', () => {
  const decide = allowOnly(TABLE);

  it.each<Row>([
    ['its own row', {}],
    ['a parameter of another name', { template: '/orders/{orderId}' }],
    ['a slash at the end of a template', { template: '/orders/{id}/' }],
    ['HEAD, which goes by GET', { method: 'HEAD' }],
    ['the rest of a path', { template: undefined, path: '/files/a/b/c' }],
    ['everyone below a path', { template: '/catalogue' }],
    ['everyone of a trust domain', { template: '/team' }],
    ['anyone', { template: '/hello', caller: undefined }],
    ['a path where no template is known', { template: undefined }],
    ['a slash at the end of a path', { template: undefined, path: '/orders/42/' }],
    ['a path as it is written', { template: undefined, path: '/Two%20words' }],
    ['a parameter in the middle', { method: 'POST', template: '/reviews/{review}/stars' }],
  ])('allows by %s', async (_, change) => {
    expect(await decide({ ...base, ...change })).toEqual({ allowed: true });
  });

  const caller = (id: string) => ({ caller: callerWith(id) });
  it.each<readonly [...Row, string]>([
    ['a caller who is not in the row', caller(OTHER), `\`${OTHER}\` is not allowed to call`],
    ['nobody', { caller: undefined }, 'who proves nothing is not allowed to call'],
    ['a method without a row', { method: 'PUT' }, 'nothing is allowed to call `PUT /orders/{id}`'],
    ['a lower-case method', { method: 'get' }, 'nothing is allowed to call'],
    ['a row for somebody else', { method: 'DELETE' }, 'to call `DELETE /orders/{id}`'],
    ['a route without a row', { template: '/orders/{id}/items' }, 'nothing is allowed to call'],
    ['a fixed route beside a parameter', { template: '/orders/new' }, 'nothing is allowed to call'],
    ['an empty row', { template: '/nobody' }, 'to call `GET /nobody`'],
    ['an ID that only begins like another', caller(`${WEB}2`), 'is not allowed to call'],
    [
      'another trust domain',
      { ...caller(OTHER), template: '/team' },
      'is not allowed to call `GET /team`',
    ],
    [
      'a trust domain that begins like another',
      { ...caller('spiffe://example.org.evil/x'), template: '/team' },
      'is not allowed to call `GET /team`',
    ],
    [
      'an ID beside a path',
      { ...caller('spiffe://example.org/ns/shopping'), template: '/catalogue' },
      'is not allowed to call `GET /catalogue`',
    ],
  ])('denies %s', async (_, change, reason) => {
    expect(await decide({ ...base, ...change })).toEqual({
      allowed: false,
      reason: expect.stringContaining(reason),
    });
  });

  it.each(['/orders/all', '/orders/ALL', '/orders/all/', '/orders/%61ll', '/Orders/All'])(
    'asks every row that %s may belong to where no template is known',
    async (path) => {
      const question = { ...base, template: undefined, path };
      expect(await decide(question)).toMatchObject({ allowed: false });
      expect(await decide({ ...question, ...caller(ADMIN) })).toEqual({ allowed: true });
    },
  );

  it.each(['/orders', '/orders/', '/orders/1/2', '/', '//orders/1', '/orders/%', '/files'])(
    'answers for the path %s',
    async (path) => {
      const decision = await decide({ ...base, template: undefined, path });
      expect(decision.allowed).toBe(path === '/orders/%');
    },
  );

  it('never throws, and never allows somebody it does not name', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.option(fc.string()), (method, path, template) => {
        const question = { ...base, ...caller(OTHER), method, path };
        const decision = decide({ ...question, template: template ?? undefined });
        expect(decision).toMatchObject({ allowed: false });
      }),
    );
  });
});

describe('a table with a flaw allows nobody', () => {
  it.each<readonly [string, Record<string, unknown>, string]>([
    ['no method', { '/orders': [WEB] }, '`/orders` is not a method and a path template'],
    ['a lower-case method', { 'get /orders': [WEB] }, 'is not a method and a path template'],
    ['no slash', { 'GET orders': [WEB] }, 'is not a method and a path template'],
    ['a colon', { 'GET /orders/:id': [WEB] }, 'parameters that are not written as {name}'],
    ['a star', { 'GET /orders/*': [WEB] }, 'parameters that are not written as {name}'],
    ['an open brace', { 'GET /orders/{id': [WEB] }, 'parameters that are not written as {name}'],
    ['the rest in the middle', { 'GET /a/{b...}/c': [WEB] }, 'only the last part'],
    ['callers that are no list', { 'GET /orders': WEB }, 'are not a list'],
    ['no SPIFFE ID', { 'GET /orders': ['web'] }, '`web`, a caller of `GET /orders`, is not'],
    ['a star alone', { 'GET /orders': ['*'] }, 'is not a SPIFFE ID'],
    ['a trust domain', { 'GET /orders': ['spiffe://example.org'] }, 'names a trust domain'],
    ['one row twice', { 'GET /a/{b}': [], 'GET /a/{c}': [] }, 'are the same operation'],
  ])('%s', (_, table, message) => {
    expect(() => allowOnly(table as Table)).toThrow(
      expect.objectContaining({
        code: 'authorization/table-invalid',
        message: expect.stringContaining(message),
      }),
    );
  });
});

it.each<[path: string, isAllowed: boolean]>([
  ['/orders/42', true],
  ['/orders/all', false],
])(
  'HEAD of %s before routing: both rows that a framework may take are asked',
  async (path, isAllowed) => {
    const decide = allowOnly({
      'HEAD /orders/{id}': [WEB],
      'GET /orders/{id}': [ADMIN],
      'GET /orders/all': [ADMIN],
    });
    const { allowed } = await decide({ ...base, method: 'HEAD', template: undefined, path });
    expect(allowed).toBe(isAllowed);
  },
);
