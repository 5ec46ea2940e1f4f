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
  grpcPort: z
    .int()
    .min(0)
    .max(65_535)
    .default(4317)
    .describe('Port of OTLP over gRPC; 0 picks one'),
  maxRequestBytes: z
    .int()
    .min(1_024)
    .max(256 * 1024 * 1024)
    .default(16 * 1024 * 1024)
    .describe('Largest request, as sent'),
  maxInflatedBytes: z
    .int()
    .min(1_024)
    .max(256 * 1024 * 1024)
    .default(64 * 1024 * 1024)
    .describe('Largest request once it is unpacked'),
  maxConcurrentRequests: z.int().min(1).default(64).describe('Requests read at once'),
  maxBufferedBytes: z
    .int()
    .min(1_024)
    .default(256 * 1024 * 1024)
    .describe('Bytes of all requests that are read at once'),
  requestSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(15)
    .describe('How long a request may take to come in'),
  pairWindowSeconds: z
    .int()
    .min(1)
    .max(3_600)
    .default(30)
    .describe('How long one side of a call waits for the other'),
  maxHalves: z
    .int()
    .min(1)
    .max(16_000_000)
    .default(1_000_000)
    .describe('Sides of calls that wait at once, 48 bytes each'),
  maxParties: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(20_000)
    .describe('Distinct services taken in an hour, and hosts that they call remembered'),
});
export type OtlpConfig = z.infer<typeof OtlpConfig>;
