import { describe, expect, it } from 'vitest';
import type { Decision } from '../authorization/index.ts';
import { type Caller, callerOf, findCaller, rememberCaller } from '../caller.ts';
import { pathOf, sentPathOf } from './arrival.ts';
import { createGate } from './gate.ts';
import type { CallerOptions } from './options.ts';

const NOW = Date.UTC(2030, 0, 1);
const WEB: Caller = {
  spiffeId: 'spiffe://example.org/web',
  trustDomain: 'example.org',
  path: '/web',
  proof: 'mtls',
  expiresAt: new Date(NOW + 1_000),
};

function requestOf(caller: Caller | null): object {
  const request = {};
  if (caller) rememberCaller(request, caller);
  return request;
}

const arrival = { authorization: undefined, method: 'GET', path: '/orders' };
/** `null` for nobody. */
const pass = (options: CallerOptions, caller: Caller | null = WEB, change: object = {}) =>
  createGate(options, () => NOW)({ raw: requestOf(caller), ...arrival, ...change });

describe('a gate', () => {
  it('lets verified callers in', async () => {
    expect(await pass({})).toEqual({ admitted: true, caller: WEB });
  });

  it('keeps who a token proves to be the caller, for callerOf', async () => {
    const validate = async () => ({ spiffeId: WEB.spiffeId, expiresAt: WEB.expiresAt });
    const raw = requestOf(null);
    const claims = Buffer.from(`{"sub":"${WEB.spiffeId}"}`).toString('base64url');
    const options = { jwt: { source: { validate }, audience: 'orders' } };
    await createGate(options)({ ...arrival, raw, authorization: `Bearer e30.${claims}.` });
    expect(callerOf(raw)).toEqual({ ...WEB, proof: 'jwt' });
  });

  it('keeps nobody who is refused', async () => {
    const validate = async () => ({ spiffeId: WEB.spiffeId, expiresAt: WEB.expiresAt });
    const raw = requestOf(null);
    const claims = Buffer.from(`{"sub":"${WEB.spiffeId}"}`).toString('base64url');
    const options: CallerOptions = {
      jwt: { source: { validate }, audience: 'orders' },
      authorize: () => ({ allowed: false, reason: 'no' }),
    };
    await createGate(options)({ ...arrival, raw, authorization: `Bearer e30.${claims}.` });
    expect(findCaller(raw)).toBeUndefined();
  });

  it('asks authorisation about those who prove nothing, too', async () => {
    const authorize = ({ caller }: { caller: unknown }): Decision =>
      caller === undefined ? { allowed: false, reason: 'say who you are' } : { allowed: true };
    expect(await pass({ optional: true, authorize }, null)).toMatchObject({
      admitted: false,
      refusal: { status: 403, detail: 'say who you are' },
    });
  });

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['true', true],
    ['a text', 'allowed'],
    ['another word', { allow: true }],
    ['a word for a boolean', { allowed: 'yes' }],
    ['null', null],
    ['a promise of nothing', Promise.resolve()],
  ])('refuses where authorisation answers with %s', async (_, answer) => {
    expect(await pass({ authorize: () => answer as Decision })).toMatchObject({
      admitted: false,
      refusal: { status: 403, code: 'caller/undecided' },
    });
  });

  it('refuses where authorisation throws or rejects', async () => {
    const undecided = { admitted: false, refusal: { code: 'caller/undecided' } };
    const thrown = () => {
      throw new Error('broken');
    };
    expect(await pass({ authorize: thrown })).toMatchObject(undecided);
    expect(await pass({ authorize: async () => thrown() })).toMatchObject(undecided);
  });

  it('tells of refusals, whatever becomes of that', async () => {
    const heard: unknown[] = [];
    const onRefused: CallerOptions['onRefused'] = (refusal, question) => {
      heard.push([refusal.code, question.path]);
      throw new Error('of the log');
    };
    expect(await pass({ onRefused }, null)).toMatchObject({ admitted: false });
    expect(heard).toEqual([['caller/unauthenticated', '/orders']]);
  });

  it.each([
    ['GET', '/healthz', true],
    ['HEAD', '/healthz', true],
    ['POST', '/healthz', false],
    ['GET', '/healthz/', false],
    ['GET', '/HEALTHZ', false],
    ['GET', '/x/../healthz', false],
    ['POST', '/hooks/deploy', true],
    ['GET', '/hooks/deploy', false],
  ])('needs no caller for %s %s: %s', async (method, path, isOpen) => {
    const options = { public: ['/healthz', 'POST /hooks/deploy'], authorize: () => denial };
    const denial = { allowed: false, reason: 'closed' } as const;
    const { admitted } = await pass(options, null, { method, path });
    expect(admitted).toBe(isOpen);
  });

  it.each<readonly [string, object, string]>([
    ['a word misspelt', { authorise: () => {} }, '`authorise` is no option'],
    ['authorisation that cannot be asked', { authorize: {} }, '`authorize` is not a function'],
    ['a source without validation', { jwt: { source: {}, audience: 'x' } }, 'cannot validate'],
    ['no audience', { jwt: { source: { validate() {} } } }, 'names nobody'],
    ['an empty audience', { jwt: { source: { validate() {} }, audience: [] } }, 'names nobody'],
    ['an empty word', { jwt: { source: { validate() {} }, audience: '' } }, 'names nobody'],
    ['a pattern of paths', { public: ['/open/*'] }, '`/open/*` in `public` is not one path'],
    ['a path without a slash', { public: ['healthz'] }, 'is not one path'],
    ['a path with a query', { public: ['/healthz?x'] }, 'is not one path'],
  ])('is not made of %s', (_, options, message) => {
    expect(() => createGate(options as CallerOptions)).toThrow(
      expect.objectContaining({
        code: 'middleware/options-invalid',
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('the path of a target', () => {
  it.each([
    ['/orders/42', '/orders/42'],
    ['/orders?a=/b', '/orders'],
    ['/orders#a', '/orders'],
    ['//evil/orders', '//evil/orders'],
    ['http://host:80/orders?x', '/orders'],
    ['http://host', '/'],
    ['http://host?/healthz', '/'],
    ['*', '*'],
    ['', '/'],
    [undefined, '/'],
  ])('%s is %s', (target, path) => {
    expect(pathOf(target)).toBe(path);
  });

  it.each([
    ['/orders/%34%32?a=/b', '/orders/%34%32'],
    ['/orders#a?b', '/orders#a'],
    ['/x/../orders;a', '/x/../orders;a'],
    ['http://host:80/orders?x', '/orders'],
    ['http://host', '/'],
    [undefined, '/'],
  ])('%s was sent as %s', (target, path) => {
    expect(sentPathOf(target)).toBe(path);
  });
});
