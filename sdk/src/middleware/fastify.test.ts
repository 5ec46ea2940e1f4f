import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, describe, expect, it } from 'vitest';
import { requireCaller } from './fastify.ts';
import { keepsCallers } from './testing/frameworks.contract.ts';
import { idOf, type Served, World } from './testing/world.ts';

function withRoutes(app: FastifyInstance): FastifyInstance {
  app.register(async (routes) => {
    for (const [method, url] of [
      ['GET', '/orders/:id'],
      ['POST', '/orders'],
      ['GET', '/healthz'],
      ['POST', '/healthz'],
    ] as const) {
      routes.route<{ Params: { id?: string } }>({
        method,
        url,
        handler: async (request) => ({ caller: request.caller ?? null, id: request.params.id }),
      });
    }
  });
  return app;
}

keepsCallers('Fastify', {
  template: '/orders/{id}',
  serve: (world, options) => served(world, withRoutes(Fastify().register(requireCaller, options))),
});

async function served(world: World, app: FastifyInstance): Promise<Served> {
  await app.ready();
  return world.serve((request, response) => app.routing(request, response));
}

describe('Fastify', () => {
  const world = new World();
  afterAll(() => world.close());

  it('asks on the instance that registers the plugin, and those below, and nowhere else', async () => {
    const app = Fastify();
    app.get('/open', async () => 'open');
    app.register(async (inner) => {
      inner.register(requireCaller);
      inner.register(async (below) => {
        below.get('/closed', async () => 'closed');
      });
    });
    const { mtls, plain } = await served(world, app);
    expect((await world.call(`${plain}/open`)).status).toBe(200);
    expect((await world.call(`${plain}/closed`)).status).toBe(401);
    expect((await world.call(`${mtls}/closed`)).body).toBe('closed');
  });

  it('may be registered on an instance and again below', async () => {
    const app = Fastify();
    app.register(requireCaller);
    app.register(async (inner) => {
      inner.register(requireCaller, { prefix: '/inner' });
      inner.get('/twice', async (request) => request.caller?.path);
    });
    const { mtls } = await served(world, app);
    expect((await world.call(`${mtls}/twice`)).body).toBe('/ns/shop/sa/web');
  });

  it('asks before it says that there is no such route', async () => {
    const { mtls, plain } = await served(world, Fastify().register(requireCaller));
    expect((await world.call(`${plain}/none`)).status).toBe(401);
    expect((await world.call(`${mtls}/none`)).status).toBe(404);
  });

  it('runs on a server of mutual TLS', async () => {
    const app = Fastify({ serverFactory: (handler) => world.mtlsServer(handler) });
    app.register(requireCaller);
    app.get('/', async (request) => request.caller?.spiffeId);
    await app.ready();
    const port = await world.listen(app.server);
    expect((await world.call(`https://127.0.0.1:${port}`)).body).toBe(idOf('web'));
  });

  it('does not start with options that it does not know', async () => {
    const app = Fastify().register(requireCaller, { public: ['/open/*'] });
    await expect(app.ready()).rejects.toMatchObject({ code: 'middleware/options-invalid' });
  });
});
