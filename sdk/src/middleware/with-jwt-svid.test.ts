import { describe, expect, it } from 'vitest';
import { requireCaller } from './node.ts';
import { idOf, World } from './testing/world.ts';
import { type JwtSvidOptions, type TokenSource, withJwtSvid } from './with-jwt-svid.ts';

/** Keeps what is asked for and sent. */
function scene(options: Partial<JwtSvidOptions> = {}) {
  const asked: unknown[] = [];
  const sent: Headers[] = [];
  const source: TokenSource = {
    fetch: async (audience, { spiffeId } = {}) => {
      asked.push(spiffeId === undefined ? [audience] : [audience, spiffeId]);
      return { token: `t${asked.length}` };
    },
  };
  const record = async (input: string | URL | Request, init?: RequestInit) => {
    sent.push(new Request(input, init).headers);
    return new Response('ok');
  };
  const call = withJwtSvid(record, { source, audience: idOf('orders'), ...options });
  return { asked, sent, call, authorizations: () => sent.map((one) => one.get('authorization')) };
}

describe('a fetch that signs in', () => {
  it('asks its source for each request, which renews in time', async () => {
    const { call, asked, authorizations } = scene();
    await call('https://orders/1');
    await call(new URL('https://orders/2'));
    expect(authorizations()).toEqual(['Bearer t1', 'Bearer t2']);
    expect(asked).toEqual([[idOf('orders')], [idOf('orders')]]);
  });

  it('keeps the headers of requests', async () => {
    const { call, sent } = scene();
    const headers = { 'x-trace': '1' };
    await call('https://orders', { headers });
    await call(new Request('https://orders', { headers }));
    await call(new Request('https://orders', { headers: { 'x-other': '2' } }), { headers });
    expect(sent.map((one) => [one.get('x-trace'), one.get('x-other')])).toEqual([
      ['1', null],
      ['1', null],
      ['1', null],
    ]);
  });

  it('asks for the audience of each callee, as the identity that it is told', async () => {
    const { call, asked } = scene({ audience: ({ hostname }) => idOf(hostname), spiffeId: 'me' });
    await call('https://payments/charge');
    expect(asked).toEqual([[idOf('payments'), 'me']]);
  });

  it('leaves the headers of others alone, and sends nothing', async () => {
    const { call, sent } = scene();
    const refused = { code: 'jwt/authorization-taken' };
    const headers = { authorization: 'Basic eDp5' };
    await expect(call('https://orders', { headers })).rejects.toMatchObject(refused);
    await expect(call(new Request('https://orders', { headers }))).rejects.toMatchObject(refused);
    expect(sent).toEqual([]);
  });

  it.each(['http://orders', 'http://10.0.0.1:80/', 'http://127.0.0.1.example.org', 'http://[::2]'])(
    'sends no token to %s in plain text, unless it is told to',
    async (url) => {
      const { call, asked } = scene();
      await expect(call(url)).rejects.toMatchObject({ code: 'jwt/plain-text' });
      expect(asked).toEqual([]);
      await scene({ overPlainText: true }).call(url);
    },
  );

  it.each(['http://localhost:1', 'http://127.0.0.2/x', 'http://[::1]:80', 'https://orders'])(
    'sends tokens to %s',
    async (url) => {
      const { call, authorizations } = scene();
      await call(url);
      expect(authorizations()).toEqual(['Bearer t1']);
    },
  );

  it('proves who calls to middleware that takes tokens', async () => {
    const world = new World();
    const { plain } = await world.serve(
      requireCaller(
        { jwt: { source: world.verifier, audience: idOf('orders') } },
        (_request, response, caller) => response.end(caller?.spiffeId),
      ),
    );
    const source = { fetch: async (audience: string) => ({ token: world.token('web', audience) }) };
    const call = withJwtSvid(fetch, { source, audience: idOf('orders') });
    expect(await (await call(plain)).text()).toBe(idOf('web'));
    world.close();
  });
});
