import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import { serve, traced } from '../lib/service.ts';

/** Writes invoices. Older than the mesh, and not part of it. */
const MAX_INVOICES = 1_000;

interface Invoice {
  readonly id: string;
  readonly chargeId: string;
  readonly amountCents: number;
}

const TOKEN = process.env.BILLING_TOKEN;

const invoices = new Map<string, Invoice>();
const app = Fastify();
traced(app);

app.get('/healthz', () => ({ status: 'ok' }));

app.post<{ Body: Omit<Invoice, 'id'> }>('/invoices', (request, reply) => {
  const invoice: Invoice = { id: randomUUID(), ...request.body };
  invoices.set(invoice.id, invoice);
  for (const id of invoices.keys()) {
    if (invoices.size <= MAX_INVOICES) break;
    invoices.delete(id);
  }
  return reply.code(201).send(invoice);
});

// All of them, for whoever has the token, whoever that is.
app.get('/invoices', (request, reply) => {
  if (TOKEN !== undefined && request.headers.authorization === `Bearer ${TOKEN}`) {
    return { invoices: [...invoices.values()] };
  }
  return reply.code(401).send({ message: 'this takes the token of billing' });
});

app.get<{ Params: { id: string } }>('/invoices/:id', (request, reply) => {
  const invoice = invoices.get(request.params.id);
  return invoice ?? reply.code(404).send({ message: 'no such invoice' });
});

await serve(app);
