import { z } from 'zod';

/** Where Envoys send their access logs, and how much of them. */
export const EnvoyConfig = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address that Envoys connect to'),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(7071)
    .describe('Port that Envoys connect to; 0 picks one'),
  maxMessageBytes: z
    .int()
    .min(16 * 1024)
    .max(64 * 1024 * 1024)
    .default(4 * 1024 * 1024)
    .describe('Largest message, as sent; an Envoy sends 16 kB unless it is told otherwise'),
  maxInflatedBytes: z
    .int()
    .min(16 * 1024)
    .max(256 * 1024 * 1024)
    .default(16 * 1024 * 1024)
    .describe('Largest message once it is unpacked'),
  maxBufferedBytes: z
    .int()
    .min(1024 * 1024)
    .default(64 * 1024 * 1024)
    .describe('Messages held at once, in bytes'),
  maxConnections: z
    .int()
    .min(1)
    .default(2_048)
    .describe('Connections at once; an Envoy has one for each of its threads'),
  maxStreams: z
    .int()
    .min(1)
    .default(4_096)
    .describe('Streams of logs at once, over all connections'),
  maxWaitingMessages: z
    .int()
    .min(1)
    .max(1_000)
    .default(4)
    .describe('Messages of a stream that wait to be stored; then it is not read further'),
  messageSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(30)
    .describe('How long a message may take to come in, once it has begun'),
  maxRetrySeconds: z
    .int()
    .min(1)
    .max(3_600)
    .default(60)
    .describe('How long storing is tried again before the stream is given up'),
});
export type EnvoyConfig = z.infer<typeof EnvoyConfig>;
