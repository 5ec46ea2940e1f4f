import express from 'express';
import { afterAll, describe, expect, it } from 'vitest';
import { allowOnly, type Question } from '../authorization/index.ts';
import { requireCaller } from './express.ts';
import { type Framework, keepsCallers } from './testing/frameworks.contract.ts';
import { idOf, World } from './testing/world.ts';

const answer: express.RequestHandler = (request, response) => {
  response.json({ caller: request.caller ?? null, id: request.params.id });
};

function routesOf(...middleware: express.RequestHandler[]): express.Express {
  const app = express();
  app.get('/orders/:id', ...middleware, answer);
  app.post('/orders', ...middleware, answer);
  app.get('/healthz', ...middleware, answer);
  app.post('/healthz', ...middleware, answer);
  return app;
}

const serveWith =
  (build: (middleware: express.RequestHandler) => express.Express): Framework['serve'] =>
  (world, options) =>
    world.serve(build(requireCaller(options)));

keepsCallers('Express', {
  serve: serveWith((middleware) => express().use(middleware).use(routesOf())),
  template: undefined,
});
keepsCallers('a route of Express', { serve: serveWith(routesOf), template: '/orders/{id}' });

describe('Express', () => {
  const world = new World();
  afterAll(() => world.close());

  /** What authorisation heard of a call. */
  async function asked(
    build: (middleware: express.RequestHandler, other: express.RequestHandler) => express.Express,
    path: string,
  ): Promise<Question[]> {
    const questions: Question[] = [];
    const authorize = (question: Question) => {
      questions.push(question);
      return { allowed: true } as const;
    };
    const app = build(requireCaller({ authorize }), requireCaller({ authorize }));
    await world.call((await world.serve(app)).mtls + path);
    return questions;
  }

  it('puts where a router is mounted before the template', async () => {
    const build = (middleware: express.RequestHandler) => {
      const router = express.Router().get('/orders/:id', middleware, answer);
      return express().use('/v1', router);
    };
    const path = '/v1/orders/42';
    expect(await asked(build, path)).toMatchObject([{ path, template: '/v1/orders/{id}' }]);
  });

  it('tells the whole path to middleware of a router', async () => {
    const build = (middleware: express.RequestHandler) =>
      express().use('/v1', middleware, express.Router().get('/orders/:id', answer));
    const path = '/v1/orders/42';
    expect(await asked(build, path)).toMatchObject([{ path, template: undefined }]);
  });

  it('does not take a route that was passed before for this one', async () => {
    const build = (middleware: express.RequestHandler) =>
      express()
        .get('/orders/:id', (_request, _response, next) => next())
        .use(middleware)
        .get('/orders/42', answer);
    expect(await asked(build, '/orders/42')).toMatchObject([{ template: undefined }]);
  });

  it('knows no template where a route is several', async () => {
    const build = (middleware: express.RequestHandler) =>
      express().get(['/orders/:id', '/o/:id'], middleware, answer).get(/x/, middleware, answer);
    expect(await asked(build, '/o/42')).toMatchObject([{ template: undefined }]);
    expect(await asked(build, '/x')).toMatchObject([{ template: undefined }]);
  });

  it('takes the template from who knows better', async () => {
    const router = express.Router();
    const template = (request: express.Request) => `/tenants/{tenant}${request.route.path}`;
    const authorize = allowOnly({ 'GET /tenants/{tenant}/orders': [idOf('web')] });
    router.get('/orders', requireCaller({ authorize, template }), answer);
    const { mtls } = await world.serve(express().use('/tenants/:tenant', router));
    const { status } = await world.call(`${mtls}/tenants/7/orders`);
    expect(status).toBe(200);
  });

  it('leaves no caller that others have put there', async () => {
    const app = express().use((request, _response, next) => {
      request.caller = { spiffeId: idOf('admin') } as never;
      next();
    });
    const { plain } = await world.serve(app.use(requireCaller({ optional: true }), answer));
    expect(await world.call(plain)).toMatchObject({ json: { caller: null } });
  });

  it('hands what handlers throw to Express', async () => {
    const app = express().use(requireCaller());
    app.get('/', () => {
      throw new Error('of the handler');
    });
    const report: express.ErrorRequestHandler = (error: Error, _request, response, _next) => {
      response.status(500).json({ message: error.message });
    };
    app.use(report);
    const answered = await world.call((await world.serve(app)).mtls);
    expect(answered).toMatchObject({ status: 500, json: { message: 'of the handler' } });
  });
});
