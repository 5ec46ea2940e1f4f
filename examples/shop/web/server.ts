import Fastify from 'fastify';
import { call, serve, traced } from '../lib/service.ts';

/** The shop's front: what browsers talk to. */
const ORDERS_URL = process.env.ORDERS_URL ?? 'http://127.0.0.1:8081';
const INVENTORY_URL = process.env.INVENTORY_URL ?? 'http://127.0.0.1:8083';
const REVIEWS_URL = process.env.REVIEWS_URL ?? 'http://127.0.0.1:8084';

const app = Fastify();
traced(app);

app.get('/healthz', () => ({ status: 'ok' }));

app.get('/', (_request, reply) =>
  reply.type('text/html').send('<!doctype html><title>Shop</title><h1>Shop</h1>'),
);

app.get<{ Params: { sku: string } }>('/products/:sku', async (request) => {
  const { sku } = request.params;
  const [stock, reviews] = await Promise.all([
    call('GET', `${INVENTORY_URL}/stock/${encodeURIComponent(sku)}`),
    call('GET', `${REVIEWS_URL}/products/${encodeURIComponent(sku)}/reviews`),
  ]);
  return { sku, stock, reviews };
});

app.post<{ Params: { sku: string } }>('/products/:sku/reviews', async (request, reply) => {
  const sku = encodeURIComponent(request.params.sku);
  reply.code(201);
  return call('POST', `${REVIEWS_URL}/products/${sku}/reviews`, request.body as object);
});

app.post('/checkout', async (request, reply) => {
  reply.code(201);
  return call('POST', `${ORDERS_URL}/orders`, request.body as object);
});

app.get<{ Params: { id: string } }>('/orders/:id', (request) =>
  call('GET', `${ORDERS_URL}/orders/${encodeURIComponent(request.params.id)}`),
);

await serve(app);
