import path from 'node:path';
import Fastify from 'fastify';
import AutoLoad from '@fastify/autoload';
const app = Fastify();
app.register(AutoLoad, { dir: path.join(import.meta.dirname, 'routes'), options: { prefix: '/api' }, routeParams: true });
app.listen();
