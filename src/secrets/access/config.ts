import { z } from 'zod';

const count = (least: number, most: number, fallback: number) =>
  z.int().min(least).max(most).default(fallback);

/** Where workloads read their secrets, proved by their SVIDs. */
export const SecretAccessConfig = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether workloads can read secrets at all'),
  host: z.string().min(1).max(255).default('127.0.0.1').describe('The address to listen at'),
  port: z.int().min(0).max(65_535).default(7_445).describe('0: any that is free'),
  dnsNames: z
    .array(z.string().min(1).max(253))
    .max(32)
    .default([])
    .describe('Names in the certificate, for clients that go by those and not by its SPIFFE ID'),
  audience: z
    .string()
    .min(1)
    .max(1_024)
    .optional()
    .describe("What JWT-SVIDs must be made for; else the server's SPIFFE ID"),
  maxConnections: count(1, 100_000, 10_000).describe('Of all workloads together'),
  maxConnectionsPerIdentity: count(1, 10_000, 256).describe('Of one SPIFFE ID'),
  requestsPerSecond: count(1, 1_000_000, 2_000).describe(
    'That one SPIFFE ID may make in the long run; as many again at once',
  ),
  requestSeconds: count(1, 600, 10).describe('Longest that a request may take to arrive'),
  watchSeconds: count(1, 600, 55).describe('Longest that a watch waits for news'),
  maxWatched: count(1, 1_000, 100).describe('Secrets that one watch may name'),
});
export type SecretAccessConfig = z.infer<typeof SecretAccessConfig>;
