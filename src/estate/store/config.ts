import { z } from 'zod';

const SqliteConfig = z.strictObject({
  kind: z.literal('sqlite').describe('Embedded, in a folder'),
  folder: z.string().min(1).describe('Made where it is missing; used by one process at a time'),
});

const PostgresConfig = z
  .strictObject({
    kind: z.literal('postgres').describe('PostgreSQL 15 or later'),
    urlFile: z
      .string()
      .min(1)
      .optional()
      .describe('File with the connection URL (`postgres://user:password@host:5432/database`)'),
    urlVariable: z.string().min(1).optional().describe('Or environment variable with it'),
    poolSize: z.int().min(1).max(100).default(10).describe('Connections at a time'),
    connectSeconds: z
      .number()
      .positive()
      .max(60)
      .default(5)
      .describe('Longest that a connection may take to open'),
    statementSeconds: z
      .number()
      .positive()
      .max(600)
      .default(30)
      .describe('Longest that one statement may take'),
    retrySeconds: z
      .number()
      .nonnegative()
      .max(60)
      .default(5)
      .describe('How long a lost connection is tried again before the caller is told'),
    tls: z
      .strictObject({
        mode: z
          .enum(['auto', 'verify', 'off'])
          .default('auto')
          .describe('`auto`: plain text to this machine, `verify` beyond it'),
        caFile: z
          .string()
          .min(1)
          .optional()
          .describe("Certificates to trust in place of the system's, PEM"),
        certFile: z.string().min(1).optional().describe('Client certificate, PEM'),
        keyFile: z.string().min(1).optional().describe('Its key, PEM'),
      })
      .prefault({}),
  })
  .refine((config) => (config.urlFile === undefined) !== (config.urlVariable === undefined), {
    message: 'give either urlFile or urlVariable',
    path: ['urlFile'],
  });

/** Where the estate is kept. */
export const StoreConfig = z.discriminatedUnion('kind', [SqliteConfig, PostgresConfig]);
export type StoreConfig = z.infer<typeof StoreConfig>;
export type PostgresConfig = z.infer<typeof PostgresConfig>;
