import Fastify from 'fastify';
import { callsTo } from '../lib/identity.ts';
import { serve, traced } from '../lib/service.ts';

/** The shop's front: what browsers talk to. */
const ORDERS_URL = process.env.ORDERS_URL ?? 'https://127.0.0.1:8081';
const INVENTORY_URL = process.env.INVENTORY_URL ?? 'https://127.0.0.1:8083';
const REVIEWS_URL = process.env.REVIEWS_URL ?? 'https://127.0.0.1:8084';

const orders = callsTo('orders', ORDERS_URL);
const inventory = callsTo('inventory', INVENTORY_URL);
const reviews = callsTo('reviews', REVIEWS_URL);
const app = Fastify();
traced(app);

app.get('/healthz', () => ({ status: 'ok' }));

app.get('/', (_request, reply) =>
  reply.type('text/html').send('<!doctype html><title>Shop</title><h1>Shop</h1>'),
);

app.get<{ Params: { sku: string } }>('/products/:sku', async (request) => {
  const { sku } = request.params;
  const [stock, said] = await Promise.all([
    inventory('GET', `/stock/${encodeURIComponent(sku)}`),
    reviews('GET', `/products/${encodeURIComponent(sku)}/reviews`),
  ]);
  return { sku, stock, reviews: said };
});

app.post<{ Params: { sku: string } }>('/products/:sku/reviews', async (request, reply) => {
  const sku = encodeURIComponent(request.params.sku);
  reply.code(201);
  return reviews('POST', `/products/${sku}/reviews`, request.body as object);
});

app.post('/checkout', async (request, reply) => {
  reply.code(201);
  return orders('POST', '/orders', request.body as object);
});

app.get<{ Params: { id: string } }>('/orders/:id', (request) =>
  orders('GET', `/orders/${encodeURIComponent(request.params.id)}`),
);

await serve(app);
