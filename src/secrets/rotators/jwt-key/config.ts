import { z } from 'zod';
import { SIGNATURE_ALGORITHMS } from '../../key-sets/index.ts';

/** How keys are renewed that a service signs its own tokens with. */
export const JwtKeyRotation = z.strictObject({
  algorithm: z.enum(SIGNATURE_ALGORITHMS).default('ES256'),
  tokenSeconds: z
    .int()
    .min(1)
    .max(90 * 86_400)
    .default(3_600)
    .describe('Longest life of a token: so long a key is published after the overlap'),
  publishSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(600)
    .describe('How long who verifies may go by the keys that were read: a new one signs after it'),
});
export type JwtKeyRotation = z.infer<typeof JwtKeyRotation>;
