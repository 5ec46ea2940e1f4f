import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowOnly, type Decision, type Question } from '../../authorization/index.ts';
import type { CallerOptions } from '../options.ts';
import type { Refusal } from '../refusal.ts';
import { CALLEE, idOf, type Served, World } from './world.ts';

/** An application of a framework with these routes, all of which answer as JSON with the caller that
 *  the handler was given (null where there is none) and the parameter `id`:
 *  `GET /orders/:id`, `POST /orders`, `GET /healthz`, `POST /healthz`. */
export type Serve = (world: World, options: CallerOptions) => Promise<Served>;

export interface Framework {
  readonly serve: Serve;
  /** What authorisation hears of as the template of `GET /orders/42`. */
  readonly template: string | undefined;
}

const problem = (status: number, code: string, detail: string) => ({
  status,
  headers: expect.objectContaining({
    'content-type': expect.stringMatching(/^application\/problem\+json/),
  }),
  json: expect.objectContaining({ status, code, detail: expect.stringContaining(detail) }),
});

/** What middleware keeps in every framework, over real TLS. */
export function keepsCallers(name: string, { serve, template }: Framework): void {
  describe(`${name} and callers`, () => {
    const world = new World();
    const questions: Question[] = [];
    const refusals: Refusal[] = [];
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    let strict: Served;
    let signIn: Served;
    let lenient: Served;
    let governed: Served;

    beforeAll(async () => {
      strict = await serve(world, { public: ['/healthz'] });
      const jwt = { source: world.verifier, audience: CALLEE };
      signIn = await serve(world, { jwt });
      lenient = await serve(world, { optional: true, jwt });
      const onRefused = (refusal: Refusal) => refusals.push(refusal);
      const table = allowOnly({
        'GET /orders/{id}': [idOf('web')],
        'POST /orders': [idOf('orders')],
      });
      const authorize = (question: Question): Decision | Promise<Decision> => {
        questions.push(question);
        if (question.path === '/orders/broken') throw new Error('10.0.0.7 is down');
        return table(question);
      };
      governed = await serve(world, { authorize, service: 'orders', onRefused });
    });
    afterAll(() => world.close());

    const web = {
      spiffeId: idOf('web'),
      trustDomain: 'example.org',
      path: '/ns/shop/sa/web',
      expiresAt: expect.any(String),
    };

    it('hands the verified caller to the handler', async () => {
      expect(await world.call(`${strict.mtls}/orders/42`)).toMatchObject({
        status: 200,
        json: { caller: { ...web, proof: 'mtls' }, id: '42' },
      });
    });

    it('refuses who proves nothing', async () => {
      const answer = await world.call(`${strict.plain}/orders/42`);
      expect(answer).toMatchObject(problem(401, 'caller/unauthenticated', 'shows no certificate'));
      expect(answer.headers).toMatchObject({
        'www-authenticate': 'mTLS',
        'cache-control': 'no-store',
      });
    });

    it('lets everybody in where no caller is needed, and hands none over', async () => {
      for (const address of [strict.plain, strict.mtls]) {
        const answer = await world.call(`${address}/healthz?deep`);
        expect(answer).toMatchObject({ status: 200, json: { caller: null } });
      }
      const { status } = await world.call(`${strict.plain}/healthz`, { method: 'POST' });
      expect(status).toBe(401);
    });

    it('takes nobody’s word in a header', async () => {
      const headers = {
        'x-forwarded-client-cert': `URI=${idOf('web')}`,
        'x-spiffe-id': idOf('web'),
        caller: idOf('web'),
      };
      expect((await world.call(`${strict.plain}/orders/42`, { headers })).status).toBe(401);
    });

    it('lets those in who prove nothing where it is optional, without a caller', async () => {
      const answer = await world.call(`${lenient.plain}/orders/42`);
      expect(answer).toMatchObject({ status: 200, json: { caller: null } });
      const proved = await world.call(`${lenient.mtls}/orders/42`);
      expect(proved).toMatchObject({ json: { caller: web } });
    });

    it('takes a JWT-SVID where the connection proves nothing', async () => {
      const token = world.token('web', CALLEE);
      for (const { plain } of [signIn, lenient]) {
        expect(await world.call(`${plain}/orders/42`, bearer(token))).toMatchObject({
          status: 200,
          json: { caller: { ...web, proof: 'jwt' } },
        });
      }
    });

    it('takes no JWT-SVID unless it is told to', async () => {
      const token = world.token('web', CALLEE);
      expect((await world.call(`${strict.plain}/orders/42`, bearer(token))).status).toBe(401);
    });

    it('refuses a JWT-SVID that is for somebody else, or too old, or forged', async () => {
      const wrong = [
        world.token('web', idOf('payments')),
        world.token('web', CALLEE, 900_000),
        new World().token('web', CALLEE),
      ];
      for (const token of wrong) {
        for (const { plain, mtls } of [signIn, lenient]) {
          const answer = await world.call(`${plain}/orders/42`, bearer(token));
          expect(answer).toMatchObject(problem(401, 'caller/token-invalid', 'the token'));
          expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
          expect(answer.body).not.toContain(token);
          expect((await world.call(`${mtls}/orders/42`, bearer(token))).status).toBe(401);
        }
      }
    });

    it('goes by the connection where a JWT-SVID says the same', async () => {
      const token = world.token('web', CALLEE);
      expect(await world.call(`${signIn.mtls}/orders/42`, bearer(token))).toMatchObject({
        status: 200,
        json: { caller: { proof: 'mtls' } },
      });
    });

    it('refuses a JWT-SVID that contradicts the connection', async () => {
      const token = world.token('payments', CALLEE);
      const refused = problem(401, 'caller/contradiction', idOf('payments'));
      expect(await world.call(`${signIn.mtls}/orders/42`, bearer(token))).toMatchObject(refused);
    });

    it('leaves the tokens of users alone', async () => {
      const user = ['{"alg":"none"}', '{"sub":"someone@example.org"}', 'x']
        .map((part) => Buffer.from(part).toString('base64url'))
        .join('.');
      for (const token of [user, 'opaque']) {
        const proved = await world.call(`${signIn.mtls}/orders/42`, bearer(token));
        expect(proved).toMatchObject({ json: { caller: web } });
        expect(await world.call(`${signIn.plain}/orders/42`, bearer(token))).toMatchObject(
          problem(401, 'caller/unauthenticated', 'holds no JWT-SVID'),
        );
      }
    });

    it('asks authorisation, with the route where the framework knows it', async () => {
      questions.length = 0;
      const answer = await world.call(`${governed.mtls}/orders/42?secret=1`);
      expect(answer).toMatchObject({ status: 200, json: { caller: web } });
      expect(questions).toMatchObject([
        {
          caller: { spiffeId: idOf('web') },
          method: 'GET',
          path: '/orders/42',
          service: 'orders',
        },
      ]);
      expect(questions[0]?.template).toBe(template);
    });

    it('tells authorisation the path as it was sent, whatever it is routed by', async () => {
      questions.length = 0;
      await world.call(`${governed.mtls}/orders/%34%32;a?secret=1`);
      expect(questions.map(({ sentPath }) => sentPath)).toEqual(['/orders/%34%32;a']);
    });

    it('refuses what authorisation denies, with the reason', async () => {
      const answer = await world.call(`${governed.mtls}/orders`, { method: 'POST' });
      const reason = `\`${idOf('web')}\` is not allowed to call \`POST /orders\``;
      expect(answer).toMatchObject(problem(403, 'caller/forbidden', reason));
      const other = await world.call(`${governed.mtls}/orders/42`, { as: 'payments' });
      expect(other.status).toBe(403);
    });

    it('refuses when authorisation breaks, and says nothing of how', async () => {
      refusals.length = 0;
      const answer = await world.call(`${governed.mtls}/orders/broken`);
      expect(answer).toMatchObject(problem(403, 'caller/undecided', 'no decision could be had'));
      expect(answer.body).not.toContain('10.0.0.7');
      expect(refusals).toMatchObject([{ cause: { message: '10.0.0.7 is down' } }]);
    });

    it('does not ask who is refused anyway what they may do', async () => {
      questions.length = 0;
      expect((await world.call(`${governed.plain}/orders/42`)).status).toBe(401);
      expect(questions).toEqual([]);
    });
  });
}
