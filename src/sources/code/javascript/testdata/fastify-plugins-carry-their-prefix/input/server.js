import Fastify from 'fastify';
import users from './users.js';
import shared from './shared.js';

const fastify = Fastify({ logger: true });
fastify.get('/', async () => ({}));
fastify.route({
  method: ['GET', 'HEAD'],
  url: '/reports/:year',
  schema: { querystring: { type: 'object', properties: { month: { type: 'string' } } } },
  handler: async () => ({}),
});
fastify.register(users, { prefix: '/v1/users' });
fastify.register(shared, { prefix: '/ignored' });
fastify.register(async (instance) => {
  instance.addHook('onRequest', async () => {});
  instance.delete('/sessions/:id', { preHandler: [instance.authenticate] }, async () => ({}));
  instance.register(import('./nested.js'), { prefix: '/nested' });
}, { prefix: '/admin' });
await fastify.listen({ port: 3000 });
