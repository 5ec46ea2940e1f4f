import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { parseSpiffeId } from '../spiffe/index.ts';
import { applyTemplate, DEFAULT_TEMPLATE, parseTemplate } from './template.ts';

const ORDERS = {
  environment: 'production',
  namespace: 'shop',
  account: 'orders',
  service: 'orders-api',
};

describe('a template', () => {
  it.each([
    [DEFAULT_TEMPLATE, '/ns/shop/sa/orders'],
    ['/{environment}/ns/{namespace}/svc/{service}', '/production/ns/shop/svc/orders-api'],
    ['/{namespace}.{account}', '/shop.orders'],
    ['/a{account}b{service}c', '/aordersborders-apic'],
    ['/reeves/{account}', '/reeves/orders'],
  ])('%s names orders %s', (text, path) => {
    expect(applyTemplate(parseTemplate(text), 'example.org', ORDERS)).toEqual({
      spiffeId: `spiffe://example.org${path}`,
    });
  });

  it.each([
    ['', 'does not begin with a slash'],
    ['ns/{account}', 'does not begin with a slash'],
    ['/ns/{namespace}', 'all services of a namespace would be one'],
    ['/ns/{name}/{account}', '`name` is none of environment, namespace, account, service'],
    ['/ns/{}/{account}', '`` is none of'],
    ['/{account', 'a brace has no partner'],
    ['/account}', 'a brace has no partner'],
    ['/{{account}}', 'a brace has no partner'],
    ['/}{account}{', 'a brace has no partner'],
    ['/a/{acc/ount}', 'a brace has no partner'],
    ['/{account}/', 'the path ends with a slash'],
    ['//{account}', 'empty segment'],
    ['/../{account}', 'segment `..`'],
    ['/a b/{account}', 'path has ` ` in it'],
    ['/reeve/{account}', "Reeve's own"],
    [`/${'x'.repeat(512)}{account}`, 'longer than 512'],
  ])('is not %j', (text, why) => {
    expect(() => parseTemplate(text)).toThrow(
      expect.objectContaining({
        code: 'identity/template-malformed',
        message: expect.stringContaining(why),
      }),
    );
  });

  it.each([
    [{ account: undefined }, 'no account of it is known'],
    [{ account: 'a b' }, 'its account `a b` does not fit'],
    [{ account: 'a/b' }, 'its account `a/b` does not fit'],
    [{ account: '' }, 'its account `` does not fit'],
    [{ account: '..' }, 'segment `..`'],
    [{ namespace: 'café' }, 'its namespace `café` does not fit'],
    [{ account: 'x'.repeat(2_048) }, 'more than the 2048'],
  ])('refuses %j and rewrites nothing', (change, why) => {
    const template = parseTemplate(DEFAULT_TEMPLATE);
    expect(applyTemplate(template, 'example.org', { ...ORDERS, ...change })).toEqual({
      because: expect.stringContaining(why),
    });
  });

  it('cannot be led into the folder of Reeve', () => {
    const template = parseTemplate('/{namespace}/{account}');
    expect(applyTemplate(template, 'example.org', { ...ORDERS, namespace: 'reeve' })).toEqual({
      because: expect.stringContaining("Reeve's own"),
    });
  });

  it('of any text and any values gives an ID, a reason or a Fault', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('/', '{', '}', 'account', '{account}', '{service}', 'x', '..'))
        .map((parts) => `/${parts.join('')}`),
    );
    const values = fc.record({
      environment: fc.string(),
      namespace: fc.string({ unit: 'binary' }),
      account: fc.option(fc.string(), { nil: undefined }),
      service: fc.stringMatching(/^[a-z.]{1,9}$/),
    });
    fc.assert(
      fc.property(text, values, (given, fields) => {
        try {
          const { spiffeId, because } = applyTemplate(parseTemplate(given), 'example.org', fields);
          if (spiffeId === undefined) expect(because.length).toBeLessThan(600);
          else expect(parseSpiffeId(spiffeId).uri).toBe(spiffeId);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
