import { z } from 'zod';

const timeoutMs = z.int().min(100).max(60_000).default(5_000);

/** How workloads and agents prove what they are. */
export const AttestationConfig = z.strictObject({
  workload: z
    .strictObject({
      timeoutMs: timeoutMs.describe('How long looking at a process may take'),
      maxExecutableMegabytes: z
        .int()
        .min(1)
        .max(16_384)
        .default(512)
        .describe('Largest executable whose SHA-256 is taken'),
    })
    .prefault({}),
  kubernetes: z
    .strictObject({
      timeoutMs: timeoutMs.describe('How long judging a token may take, TokenReview included'),
      clockSkewSeconds: z
        .int()
        .min(0)
        .max(600)
        .default(60)
        .describe("By how much a cluster's clock may differ"),
      maxTokenHours: z
        .int()
        .min(1)
        .max(8_784)
        .default(24)
        .describe('Longest lifetime of a service account token that is taken by keys alone'),
    })
    .prefault({}),
  joinTokens: z
    .strictObject({
      timeoutMs: timeoutMs.describe('How long using a join token may take'),
      ttlSeconds: z.int().min(1).max(604_800).default(600).describe('How long a join token holds'),
      maxTtlSeconds: z
        .int()
        .min(1)
        .max(604_800)
        .default(86_400)
        .describe('How long a join token may be asked to hold'),
    })
    .prefault({}),
});
export type AttestationConfig = z.infer<typeof AttestationConfig>;
