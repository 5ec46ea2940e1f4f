import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPath } from './path.ts';

type Row = [
  text: string,
  servicePath: string,
  strips: boolean,
  version: number,
  match: string,
  rewrittenTo: string | undefined,
  template: string | undefined,
];
const PATHS: Row[] = [
  ['/orders', '', true, 3, 'prefix', '/', undefined],
  ['/orders', '', false, 3, 'prefix', undefined, undefined],
  ['/orders', '/v1', true, 3, 'prefix', '/v1', undefined],
  ['/orders', '/v1/', false, 3, 'prefix', '/v1/orders', undefined],
  ['/', '', true, 3, 'prefix', undefined, undefined],
  ['~/orders$', '', false, 3, 'pattern', undefined, '/orders'],
  ['~/orders$', '/v1', false, 3, 'pattern', '/v1/orders', '/v1/orders'],
  ['~/orders$', '/v1', true, 3, 'pattern', '/v1', '/v1'],
  ['~/orders', '', false, 3, 'pattern', undefined, undefined],
  ['~/orders/(?<id>[^#?/]+)$', '', false, 3, 'pattern', undefined, '/orders/{id}'],
  [
    '~/orders/(?P<id>\\d{1,9})/items/([a-z]+)$',
    '',
    false,
    3,
    'pattern',
    undefined,
    '/orders/{id}/items/{param1}',
  ],
  ['~/a\\.b/\\w+$', '', false, 3, 'pattern', undefined, '/a.b/{param1}'],
  ['~^/a$', '', false, 3, 'pattern', undefined, '/a'],
  ['~/(a|b)$', '', false, 3, 'pattern', undefined, undefined],
  ['/orders/\\d+$', '', false, 2.1, 'pattern', undefined, '/orders/{param1}'],
  ['/orders/\\d+$', '', false, 3, 'prefix', undefined, undefined],
];

describe('a path of a route', () => {
  it.each(PATHS)(
    '%s behind `%s`, stripped %s, in format %s',
    (text, base, strips, version, match, rewrittenTo, template) => {
      expect(readPath(text, base, strips, version)).toEqual({
        path: text.replace(/^~/, ''),
        match,
        rewrittenTo,
        template,
      });
    },
  );

  it('may be any text', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        fc.string({ maxLength: 10 }),
        fc.boolean(),
        (text, base, strips) => {
          const { template } = readPath(`~${text}$`, base, strips, 3);
          expect(template === undefined || typeof template === 'string').toBe(true);
        },
      ),
    );
  });

  it('takes linear time', () => {
    readPath(`~/${'([a'.repeat(50_000)}$`, '', false, 3);
    readPath(`~/${'\\d{1'.repeat(300)}$`, '', false, 3);
  });
});
