import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, describe, expect, it } from 'vitest';
import { requireCaller } from './fastify.ts';
import type { CallerOptions } from './options.ts';
import { keepsCallers } from './testing/frameworks.contract.ts';
import { World } from './testing/world.ts';

function build(world: World, options: CallerOptions): FastifyInstance {
  const app = Fastify({ serverFactory: (handler) => world.tlsServer(handler) as never });
  app.register(requireCaller, options);
  return app;
}

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
  serve: async (world, options, scheme = 'https') => {
    if (scheme === 'https') {
      const app = withRoutes(build(world, options));
      await app.ready();
      return world.serve(app.server as never);
    }
    const app = withRoutes(Fastify().register(requireCaller, options) as never);
    await app.ready();
    return world.servePlain((request, response) => app.routing(request, response));
  },
});

describe('Fastify', () => {
  const world = new World();
  afterAll(() => world.close());

  async function served(app: FastifyInstance): Promise<string> {
    await app.ready();
    return world.serve(app.server as never);
  }

  it('asks on the instance that registers the plugin, and those below, and nowhere else', async () => {
    const app = Fastify({ serverFactory: (handler) => world.tlsServer(handler) as never });
    app.get('/open', async () => 'open');
    app.register(async (inner) => {
      inner.register(requireCaller);
      inner.register(async (below) => {
        below.get('/closed', async () => 'closed');
      });
    });
    const url = await served(app);
    expect((await world.call(`${url}/open`)).status).toBe(200);
    expect((await world.call(`${url}/closed`)).status).toBe(401);
    expect((await world.call(`${url}/closed`, { as: 'web' })).body).toBe('closed');
  });

  it('may be registered on an instance and again below', async () => {
    const app = build(world, {});
    app.register(async (inner) => {
      inner.register(requireCaller, { prefix: '/inner' });
      inner.get('/twice', async (request) => request.caller?.path);
    });
    const url = await served(app);
    expect((await world.call(`${url}/twice`, { as: 'web' })).body).toBe('/ns/shop/sa/web');
  });

  it('asks before it says that there is no such route', async () => {
    const url = await served(build(world, {}));
    expect((await world.call(`${url}/none`)).status).toBe(401);
    expect((await world.call(`${url}/none`, { as: 'web' })).status).toBe(404);
  });

  it('does not start with options that it does not know', async () => {
    const app = Fastify().register(requireCaller, { public: ['/open/*'] });
    await expect(app.ready()).rejects.toMatchObject({ code: 'middleware/options-invalid' });
  });
});
