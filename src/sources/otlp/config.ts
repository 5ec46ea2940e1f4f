import { z } from 'zod';

/** Where traces are taken in, and how much of them. */
export const OtlpConfig = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address that OTLP is taken at'),
  httpPort: z
    .int()
    .min(0)
    .max(65_535)
    .default(4318)
    .describe('Port of OTLP over HTTP; 0 picks one'),
  maxRequestBytes: z
    .int()
    .min(1_024)
    .default(16 * 1024 * 1024)
    .describe('Largest request, as sent'),
  maxInflatedBytes: z
    .int()
    .min(1_024)
    .default(64 * 1024 * 1024)
    .describe('Largest request once it is unpacked'),
  maxConcurrentRequests: z.int().min(1).default(64).describe('Requests read at once'),
  maxWaitingRequests: z.int().min(1).default(1_000).describe('Requests waiting to be stored'),
  batchMs: z.int().min(0).default(200).describe('How long requests are gathered before storing'),
  refreshSeconds: z
    .int()
    .min(1)
    .default(60)
    .describe('How often a thing that is seen all the time is marked as seen'),
  pairWindowSeconds: z
    .int()
    .min(1)
    .default(30)
    .describe('How long one side of a call waits for the other'),
  maxHalves: z.int().min(1).default(50_000).describe('Sides of calls that wait at once'),
  maxGuessedTemplates: z
    .int()
    .min(1)
    .default(500)
    .describe('Distinct paths of a service that names no routes'),
});
export type OtlpConfig = z.infer<typeof OtlpConfig>;
