import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toRouteTemplate } from './route.ts';

describe('the route of a framework', () => {
  it.each([
    ['Express', '/orders/:id', '/orders/{id}'],
    ['Express, with a pattern', '/orders/:id(\\d+)/items/:item?', '/orders/{id}/items/{item}'],
    ['Express, two in a segment', '/flights/:from-:to', '/flights/{from}-{to}'],
    ['Express 5 and Gin, the rest', '/files/*path', '/files/{path}'],
    ['Rails', '/orders/:id(.:format)', '/orders/{id}'],
    ['FastAPI', '/orders/{order_id}', '/orders/{order_id}'],
    ['FastAPI, the rest', '/files/{name:path}', '/files/{name}'],
    ['JAX-RS', '/e/{id:[0-9]{3}}/x', '/e/{id}/x'],
    ['ASP.NET', 'orders/{id:int?}', '/orders/{id}'],
    ['ASP.NET, the rest', '/files/{**slug}', '/files/{slug}'],
    ['gRPC transcoding', '/v1/{name=shelves/*}:cancel', '/v1/{name}:cancel'],
    ['Flask', '/orders/<int:id>', '/orders/{id}'],
    ['Django', 'orders/<slug:name>/', '/orders/{name}'],
    ['Django, a pattern', '^orders/(?P<pk>[0-9]+)/$', '/orders/{pk}'],
    ['Next.js', '/blog/[slug]', '/blog/{slug}'],
    ['Next.js, the rest', '/docs/[[...parts]]', '/docs/{parts}'],
    ['a wildcard', '/static/**', '/static/{rest}'],
    ['a suffix', '/reports/{id}.json', '/reports/{id}.json'],
    ['slashes', '//orders//{id}/', '/orders/{id}'],
    ['the root', '/', '/'],
    ['a method before it', 'GET /orders/{id}', '/orders/{id}'],
    ['a query behind it', '/orders?page=1', '/orders'],
    ['values, which it does not guess', '/orders/42', '/orders/42'],
  ])('%s: %s is %s', (_what, route, template) => {
    expect(toRouteTemplate(route)).toBe(template);
  });

  it.each([`/${'a'.repeat(600)}`, '/a b c', '/a\nb', '/a\u007fb'])('is not made of %j', (route) => {
    expect(toRouteTemplate(route)).toBeUndefined();
  });

  it('is a template already, once it is one', () => {
    const routes = fc.array(
      fc.constantFrom(
        '/',
        'a',
        ':',
        'id',
        '{',
        '}',
        '(',
        ')',
        '<',
        '>',
        '*',
        '[',
        ']',
        '?P<',
        '\\',
      ),
    );
    fc.assert(
      fc.property(
        routes.map((parts) => parts.join('')),
        (route) => {
          const template = toRouteTemplate(route);
          expect(template?.startsWith('/')).toBe(true);
        },
      ),
    );
  });

  it('takes time by its length', () => {
    for (const piece of ['{', '(?P<a', '<', ':a(', '\\', '[[']) {
      expect(() => toRouteTemplate(`/${piece.repeat(511 / piece.length)}`)).not.toThrow();
    }
  });
});
