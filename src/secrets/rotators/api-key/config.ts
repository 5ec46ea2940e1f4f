import { z } from 'zod';
import { ApiKeyGrant } from '../../api-keys/index.ts';

const { owner, environments, scopes } = ApiKeyGrant.shape;

/** What the keys of a secret let their holder do: that is the service of the secret. */
export const ApiKeyRotation = z.strictObject({
  owner: owner.default(null),
  environments,
  scopes,
  lifeSeconds: z
    .int()
    .min(60)
    .max(10 * 365 * 86_400)
    .optional()
    .describe('After which a key ends by itself, though nothing takes its place; else it does not'),
});
export type ApiKeyRotation = z.infer<typeof ApiKeyRotation>;
