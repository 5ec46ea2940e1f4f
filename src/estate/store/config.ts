import { z } from 'zod';

const SqliteConfig = z.strictObject({
  kind: z.literal('sqlite'),
  /** The data folder; created where it is missing, and used by one process at a time. */
  folder: z.string().min(1),
});

const PostgresConfig = z
  .strictObject({
    kind: z.literal('postgres'),
    /** File that holds the connection URL (`postgres://user:password@host:5432/database`). */
    urlFile: z.string().min(1).optional(),
    /** Environment variable that holds it. */
    urlVariable: z.string().min(1).optional(),
    /** Connections at a time. */
    poolSize: z.int().min(1).max(100).default(10),
    /** Longest that a connection may take to open. */
    connectSeconds: z.number().positive().max(60).default(5),
    /** Longest that one statement may take. */
    statementSeconds: z.number().positive().max(600).default(30),
    /** How long a lost connection is tried again before the caller is told. */
    retrySeconds: z.number().nonnegative().max(60).default(5),
    tls: z
      .strictObject({
        /** `verify`: TLS with the server's certificate and name checked; `off`: plain text; `auto`:
         *  plain text to this machine, `verify` beyond it. */
        mode: z.enum(['auto', 'verify', 'off']).default('auto'),
        /** Certificates to trust in place of the system's (PEM). */
        caFile: z.string().min(1).optional(),
        /** Client certificate and key (PEM). */
        certFile: z.string().min(1).optional(),
        keyFile: z.string().min(1).optional(),
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
