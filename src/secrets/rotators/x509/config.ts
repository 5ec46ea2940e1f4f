import { z } from 'zod';

export const KEY_KINDS = ['P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096'] as const;

/** How certificates are renewed that our authority issues. */
export const X509Rotation = z.strictObject({
  spiffeId: z
    .string()
    .max(2_048)
    .regex(/^spiffe:\/\/[^\s,]+$/)
    .describe('The identity, which has to be registered for the service of the secret'),
  dnsNames: z
    .array(z.string().min(1).max(253))
    .max(32)
    .optional()
    .describe('Some of those that are registered with the identity; else all of them'),
  key: z.enum(KEY_KINDS).default('P-256').describe('Of each certificate, made anew'),
  ttlSeconds: z
    .int()
    .min(60)
    .max(400 * 86_400)
    .optional()
    .describe('Of a certificate; no longer than what is registered, and than the authority gives'),
  previous: z
    .enum(['keep', 'revoke'])
    .default('keep')
    .describe(
      'What becomes of the certificate before, after the overlap: it ends by itself, or is revoked',
    ),
});
export type X509Rotation = z.infer<typeof X509Rotation>;
