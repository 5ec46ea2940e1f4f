import { z } from 'zod';

/** The API and the console. */
export const HttpConfig = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address of the API and the console'),
  port: z.int().min(0).max(65_535).default(7070).describe('Their port; 0 picks one'),
  hostNames: z
    .array(z.string())
    .default([])
    .describe('Names, with their port, that the server may be asked for beside its address'),
  requestsPerMinute: z
    .int()
    .min(1)
    .default(6_000)
    .describe('Requests of one principal, in the long run'),
  failuresPerMinute: z
    .int()
    .min(1)
    .default(30)
    .describe('Failed authentications of one address, in the long run'),
  sessionHours: z.number().positive().default(12).describe('Life of a session in the console'),
  idleHours: z.number().positive().default(2).describe('Life of a session that is not used'),
  loginLinkMinutes: z.number().positive().default(15).describe('Life of a login link'),
});
export type HttpConfig = z.infer<typeof HttpConfig>;

/** Certificate and key, needed beyond loopback. */
export const TlsConfig = z.strictObject({
  certificateFile: z.string().describe('Certificate chain, PEM'),
  keyFile: z.string().describe('Private key, PEM'),
});
export type TlsConfig = z.infer<typeof TlsConfig>;
