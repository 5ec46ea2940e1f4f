import { z } from 'zod';
import { kvShape } from '../../model/index.ts';
import { PasswordRules } from '../password.ts';

/** How a random value is rotated whose only home is a path of a KV engine. */
export const KvRotation = z.strictObject({
  ...kvShape,
  field: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\w.-]+$/)
    .default('value')
    .describe('Under which name the value stands there; nothing else may stand at the path'),
  password: PasswordRules.prefault({}),
});
export type KvRotation = z.infer<typeof KvRotation>;
