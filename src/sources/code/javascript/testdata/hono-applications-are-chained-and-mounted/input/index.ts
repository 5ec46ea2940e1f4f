import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { OpenAPIHono, createRoute } from '@hono/zod-openapi';
import books from './books';

const app = new Hono().basePath('/api');
app.route('/books', books);
app.on(['PUT', 'DELETE'], ['/cache/:key', '/cache'], (c) => c.text('x'));
app.use('*', async (c, next) => next());
const api = new OpenAPIHono();
const route = createRoute({ method: 'get', path: '/users/{id}', responses: {} });
api.openapi(route, (c) => c.json({}));
app.route('/', api);
serve(app);
