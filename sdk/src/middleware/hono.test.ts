import { getRequestListener } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { afterAll, describe, expect, it } from 'vitest';
import type { Question } from '../authorization/index.ts';
import type { Caller } from '../caller.ts';
import { requireCaller } from './hono.ts';
import { keepsCallers } from './testing/frameworks.contract.ts';
import { World } from './testing/world.ts';

type Env = { Variables: { caller: Caller | undefined } };

const answer = (c: Context<Env>) =>
  c.json({ caller: c.get('caller') ?? null, id: c.req.param('id') });

keepsCallers('Hono', {
  template: '/orders/{id}',
  serve: (world, options) => {
    const app = new Hono();
    app.use(requireCaller(options));
    app.get('/orders/:id', answer).post('/orders', answer);
    app.get('/healthz', answer).post('/healthz', answer);
    return world.serve(getRequestListener(app.fetch));
  },
});

describe('Hono', () => {
  const world = new World();
  afterAll(() => world.close());

  /** What authorisation heard of a call. */
  async function asked(build: (app: Hono) => unknown, path: string): Promise<Question[]> {
    const questions: Question[] = [];
    const authorize = (question: Question) => {
      questions.push(question);
      return { allowed: true } as const;
    };
    const app = new Hono();
    app.use(requireCaller({ authorize }));
    build(app);
    await world.call((await world.serve(getRequestListener(app.fetch))).mtls + path);
    return questions;
  }

  it.each<readonly [string, (app: Hono) => unknown, string | undefined]>([
    ['a route', (app) => app.get('/a/:id', answer), '/a/{id}'],
    ['a constraint', (app) => app.get('/a/:id{[0-9]+}', answer), '/a/{id}'],
    ['the first of two routes', (app) => app.get('/a/:id', answer).get('/a/1', answer), '/a/{id}'],
    ['middleware before a route', (app) => app.use('/a/*', pass).get('/a/:id', answer), '/a/{id}'],
    ['a route for all methods', (app) => app.all('/a/:id', answer), '/a/{id}'],
    [
      'a route for all methods before another',
      (app) => app.all('/a/:id', answer).get('/a/1', answer),
      undefined,
    ],
    ['no route', (app) => app.get('/b', answer), undefined],
  ])('tells the template of %s', async (_, build, template) => {
    expect((await asked(build, '/a/1')).map((question) => question.template)).toEqual([template]);
  });

  it('does not take a route that was passed before for the one that answers', async () => {
    const questions: Question[] = [];
    const authorize = (question: Question) => {
      questions.push(question);
      return { allowed: true } as const;
    };
    const app = new Hono().get('/a/:id', pass);
    app.use(requireCaller({ authorize })).get('/a/1', answer);
    await world.call(`${(await world.serve(getRequestListener(app.fetch))).mtls}/a/1`);
    expect(questions).toMatchObject([{ template: '/a/1' }]);
  });

  it('has the path as it routes by it', async () => {
    expect(await asked((app) => app.get('/a/:id', answer), '/b/../a/%31')).toMatchObject([
      { path: '/a/1', template: '/a/{id}' },
    ]);
  });

  it('proves nobody where there is no connection', async () => {
    const app = new Hono().use(requireCaller());
    expect((await app.request('/')).status).toBe(401);
  });

  it('knows that handlers have a caller, unless it may be missing', () => {
    new Hono().use(requireCaller()).get('/', (c) => c.text(c.get('caller').spiffeId));
    new Hono()
      .use(requireCaller({ optional: true }))
      // @ts-expect-error: there may be none
      .get('/', (c) => c.text(c.get('caller').spiffeId));
  });
});

const pass: MiddlewareHandler = (_, next) => next();
