import Fastify from 'fastify';
import { callsTo, frontDoor } from '../lib/identity.ts';
import { followKeys, verifyReceipt } from '../lib/receipts.ts';
import { call, serve, traced } from '../lib/service.ts';

/** The shop's front: what browsers talk to. */
const ORDERS_URL = process.env.ORDERS_URL ?? 'https://127.0.0.1:8081';
const INVENTORY_URL = process.env.INVENTORY_URL ?? 'https://127.0.0.1:8083';
const REVIEWS_URL = process.env.REVIEWS_URL ?? 'https://127.0.0.1:8084';

const orders = callsTo('orders', ORDERS_URL);
const inventory = callsTo('inventory', INVENTORY_URL);
const reviews = callsTo('reviews', REVIEWS_URL);
followKeys();
const app = Fastify();
traced(app);
frontDoor(app);

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
  const answer = await orders('POST', '/orders', request.body as object);
  const { receipt, ...order } = answer as { readonly id: string; readonly receipt?: string };
  await verifyReceipt(receipt, order.id);
  reply.code(201);
  return order;
});

app.get<{ Params: { id: string } }>('/orders/:id', (request) =>
  orders('GET', `/orders/${encodeURIComponent(request.params.id)}`),
);

// In no specification: left here by somebody who looked for a fault. It asks what it is told to, in the name of web.
const asked: Readonly<Record<string, typeof orders>> = {
  orders,
  inventory,
  reviews,
  'legacy-billing': (method, path, body, headers) =>
    call(method, `${process.env.LEGACY_BILLING_URL}${path}`, body, fetch, headers),
};

app.get<{ Querystring: { service?: string; path?: string } }>('/debug/fetch', (request, reply) => {
  const { service = '', path = '/' } = request.query;
  const ask = Object.hasOwn(asked, service) ? asked[service] : undefined;
  if (!ask || !path.startsWith('/')) return reply.code(400).send({ message: 'no such service' });
  const { authorization } = request.headers;
  return ask('GET', path, undefined, authorization === undefined ? {} : { authorization });
});

await serve(app);
