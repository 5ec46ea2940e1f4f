import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import { letIn, mtls } from '../lib/identity.ts';
import { mayWith } from '../lib/secrets.ts';
import { call, serve, traced } from '../lib/service.ts';

/** Charges cards, and has each charge billed. */
const LEGACY_BILLING_URL = process.env.LEGACY_BILLING_URL ?? 'http://127.0.0.1:8085';
const MAX_CHARGES = 1_000;

interface Charge {
  readonly id: string;
  readonly orderId: string;
  readonly amountCents: number;
}

const charges = new Map<string, Charge>();
const app = Fastify(mtls);
traced(app);
letIn(app);

app.get('/healthz', () => ({ status: 'ok' }));

app.post<{ Body: Omit<Charge, 'id'> }>('/charges', async (request, reply) => {
  if (!(await mayWith(request.headers['x-api-key'], 'POST /charges'))) {
    return reply.code(401).send({ message: 'this takes an API key that is good for it' });
  }
  const charge: Charge = { id: randomUUID(), ...request.body };
  // In plain text: it has no identity, and takes everybody at their word.
  await call('POST', `${LEGACY_BILLING_URL}/invoices`, {
    chargeId: charge.id,
    amountCents: charge.amountCents,
  });
  charges.set(charge.id, charge);
  for (const id of charges.keys()) {
    if (charges.size <= MAX_CHARGES) break;
    charges.delete(id);
  }
  reply.code(201);
  return charge;
});

app.get<{ Params: { id: string } }>('/charges/:id', (request, reply) => {
  const charge = charges.get(request.params.id);
  return charge ?? reply.code(404).send({ message: 'no such charge' });
});

await serve(app);
