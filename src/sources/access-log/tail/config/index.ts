import { z } from 'zod';
import { type AccessLogFormat, FORMAT_NAMES, MAX_LINE_BYTES } from '../../index.ts';

const FORMATS = Object.keys(FORMAT_NAMES) as AccessLogFormat[];

const LogFile = z.strictObject({
  path: z.string().min(1).max(4_096).describe('File that is followed; it may appear later'),
  service: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Service that the log is of, where its lines name none'),
  namespace: z.string().min(1).max(200).optional().describe('Namespace of services in this log'),
  environment: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Environment of services in this log'),
  format: z
    .enum(FORMATS)
    .default('auto')
    .describe('Format of the lines; `auto` tells it from each line'),
});

/** Which request logs are followed, and how much of them is held at once. */
export const AccessLogConfig = z.strictObject({
  files: z
    .array(LogFile)
    .max(1_000)
    .default([])
    .refine((files) => new Set(files.map(({ path }) => path)).size === files.length, {
      error: 'two entries name the same path',
    })
    .describe('Request logs that are followed'),
  maxLineBytes: z
    .int()
    .min(256)
    .max(16 * 1024 * 1024)
    .default(MAX_LINE_BYTES)
    .describe('Longest line; a longer one is counted and passed over'),
  chunkBytes: z
    .int()
    .min(1_024)
    .max(16 * 1024 * 1024)
    .default(128 * 1024)
    .describe('How much of a file is read before it is stored'),
  pollMs: z
    .int()
    .min(10)
    .max(3_600_000)
    .default(1_000)
    .describe('How often files are looked at where the system does not tell of changes'),
  retryMs: z
    .int()
    .min(10)
    .max(3_600_000)
    .default(1_000)
    .describe('How long to wait before lines that could not be stored are tried again'),
});
export type AccessLogConfig = z.infer<typeof AccessLogConfig>;
