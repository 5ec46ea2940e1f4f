import { z } from 'zod';
import { noteVerifier } from '../../audit/checkpoint/index.ts';
import { isTlsOrLoopback } from '../../base/loopback.ts';

const isWitness = (text: string): boolean => {
  try {
    return noteVerifier(text).kind === 'witness';
  } catch {
    return false;
  }
};

/** The audit log as others verify it. */
export const AuditConfig = z.strictObject({
  origin: z
    .string()
    .regex(/^[^+\s]{1,200}$/)
    .optional()
    .describe(
      'Name of the log, like `reeve.example.org/audit`; else the trust domain with `/audit`',
    ),
  signingKeyFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Ed25519 key (PKCS #8, PEM) that signs the log, made where it is missing; else `audit-signing.key` in the data folder. Servers that share a store share it',
    ),
  witnesses: z
    .array(
      z.strictObject({
        url: z
          .url({ protocol: /^https?$/ })
          .refine(isTlsOrLoopback, { message: 'use https: it is beyond this machine' })
          .describe('Where it listens; `/add-checkpoint` is added'),
        key: z
          .string()
          .refine(isWitness, { message: 'is no key of a witness: `reeve witness` prints it' })
          .describe('Its public key, `name+id+key`'),
      }),
    )
    .max(16)
    .default([])
    .describe('Who signs, in other processes, that the log has only grown'),
  witnessSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('How often witnesses are asked, where there is something new'),
});
export type AuditConfig = z.infer<typeof AuditConfig>;
