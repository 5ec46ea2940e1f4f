import Fastify from 'fastify';
import { callsTo, letIn, mtls } from '../lib/identity.ts';
import { serve, traced } from '../lib/service.ts';

/** Knows what is in stock, and compares it with the orders now and then. */
const ORDERS_URL = process.env.ORDERS_URL ?? 'https://127.0.0.1:8081';
const RECONCILE_EVERY_MS = Number(process.env.RECONCILE_EVERY_MS ?? 60_000);
const FULL_STOCK = 10_000;

const stock = new Map<string, number>();
const orders = callsTo('orders', ORDERS_URL);
const app = Fastify(mtls);
traced(app);
letIn(app);

app.get('/healthz', () => ({ status: 'ok' }));

app.get<{ Params: { sku: string } }>('/stock/:sku', (request) => {
  const { sku } = request.params;
  return { sku, available: stock.get(sku) ?? FULL_STOCK };
});

app.post<{ Body: { orderId: string; sku: string } }>('/reservations', (request, reply) => {
  const { orderId, sku } = request.body;
  stock.set(sku, (stock.get(sku) ?? FULL_STOCK) - 1);
  return reply.code(201).send({ orderId, sku });
});

setInterval(() => {
  orders('GET', '/internal/export').catch((thrown: unknown) => {
    console.error('inventory: the orders could not be read:', thrown);
  });
}, RECONCILE_EVERY_MS).unref();

await serve(app);
