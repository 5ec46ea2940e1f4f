import { createMtlsFetch, createMtlsServer, reevePolicy, X509Source } from '@reeve/sdk';
import { requireCaller } from '@reeve/sdk/fastify';
import type { FastifyInstance, FastifyServerFactory } from 'fastify';
import { call } from './service.ts';

/** Who this service is, and mutual TLS with the others: by the identity that it fetches from the Workload API at
 *  `SPIFFE_ENDPOINT_SOCKET`, and keeps nowhere. Where a mesh does all this in front of the service (`MTLS=mesh`),
 *  it speaks HTTP with the mesh. */
const READY_MS = Number(process.env.IDENTITY_WITHIN_MS ?? 30_000);

/** Undefined behind a mesh. */
export const source = process.env.MTLS === 'mesh' ? undefined : new X509Source();
await source?.ready(AbortSignal.timeout(READY_MS));

/** The identity of a service of the shop, in the trust domain of this one. */
const idOf = (name: string): string => `spiffe://${source?.svid.trustDomain}/ns/shop/sa/${name}`;

/** How the services listen: who does not prove to be a workload of the shop's trust domain is not heard. */
export const mtls: { readonly serverFactory?: FastifyServerFactory } = source
  ? {
      serverFactory: (handler) =>
        // Fastify knows servers of HTTPS; its types know them as its own only.
        createMtlsServer({ source }, handler) as unknown as ReturnType<FastifyServerFactory>,
    }
  : {};

/** Lets in whoever declares the call in its reeve.yaml: by Reeve's policy, which is told on the socket of the Workload
 *  API, and holds while Reeve is away. */
export function letIn(app: FastifyInstance): void {
  if (!source) return;
  app.register(requireCaller, {
    public: ['/healthz'],
    authorize: reevePolicy(),
    onRefused: ({ detail }) =>
      console.error(`${process.env.OTEL_SERVICE_NAME}: refused: ${detail}`),
  });
}

/** How a service listens that browsers talk to: it asks nobody who they are, and refuses what Reeve has blocked. */
export function frontDoor(app: FastifyInstance): void {
  if (!source) return;
  app.register(requireCaller, { optional: true, authorize: reevePolicy({ open: true }) });
}

/** Calls one service: nothing is sent to whoever answers at its address and does not prove to be it. */
export function callsTo(
  name: string,
  url: string,
): (
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<unknown> {
  const over = source ? createMtlsFetch({ source, accept: idOf(name) }) : fetch;
  return (method, path, body, headers) => call(method, `${url}${path}`, body, over, headers);
}
