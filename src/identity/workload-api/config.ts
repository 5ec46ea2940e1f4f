import { z } from 'zod';
import { MAX_SOCKET_PATH_BYTES } from '../../base/grpc/index.ts';

/** Where workloads of this machine fetch their identities. */
export const WorkloadApiConfig = z.strictObject({
  socket: z
    .string()
    .refine((path) => path.startsWith('/') && Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES, {
      error: `must be an absolute path of at most ${MAX_SOCKET_PATH_BYTES} bytes`,
    })
    .optional()
    .describe('The Unix socket; `workload.sock` in the data folder where it is left out'),
  socketMode: z
    .string()
    .regex(/^0?[0-7]{3}$/, { error: 'must be three octal digits, such as 666' })
    .default('666')
    .describe('Who may connect, as permissions of the file: whoever may write to it'),
  waitSeconds: z
    .int()
    .min(1)
    .max(300)
    .default(10)
    .describe('How long a workload waits for its first SVID before it is told to ask again'),
  maxConnections: z.int().min(1).max(65_535).default(4_096).describe('Connections at once'),
  maxStreams: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(16_384)
    .describe('Calls at once, streams that stay open among them'),
});
export type WorkloadApiConfig = z.infer<typeof WorkloadApiConfig>;
