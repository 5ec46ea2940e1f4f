import { z } from 'zod';
import { SecretAccessConfig } from '../../secrets/access/index.ts';
import { ApiKeysConfig } from '../../secrets/api-keys/index.ts';
import { DeliveryConfig } from '../../secrets/delivery/index.ts';
import { DriftConfig } from '../../secrets/drift/index.ts';
import { DynamicConfig } from '../../secrets/dynamic/index.ts';
import { RotationConfig } from '../../secrets/rotation/index.ts';
import { WebhookReceivers } from '../../secrets/rotators/index.ts';
import { KekConfig } from '../../secrets/vault/index.ts';

/** The secrets that Reeve keeps. */
export const SecretsConfig = z.strictObject({
  kek: KekConfig.prefault({ kind: 'file' }).describe(
    'Key that unseals the vault. By default a file beside the data, made with a new vault: who has the folder, or its backup, has every value. In production keep it elsewhere: a KMS, OpenBao, a token, or shares of people. Servers that share a store share it',
  ),
  kekBefore: KekConfig.optional().describe(
    'The key until now, when `kek` is another: the vault is put under `kek` at the start. Take this out afterwards',
  ),
  markFile: z
    .string()
    .min(1)
    .max(4_096)
    .optional()
    .describe(
      'File that tells a store that was brought back from a backup; else `rotations.mark` in the data folder. Best where no backup brings it back, too',
    ),
  githubKeysFile: z
    .string()
    .min(1)
    .max(4_096)
    .optional()
    .describe(
      'File with what https://api.github.com/meta/public_keys/secret_scanning answers: reports of leaks that GitHub has signed are taken then, at `/api/v1/leaks/github`',
    ),
  rotation: RotationConfig.prefault({}).describe('How secrets are renewed'),
  access: SecretAccessConfig.prefault({}).describe('Where workloads read their secrets'),
  apiKeys: ApiKeysConfig.prefault({}).describe('API keys that Reeve issues and verifies'),
  dynamic: DynamicConfig.prefault({}).describe('Short-lived users, made when they are asked for'),
  webhooks: WebhookReceivers,
  delivery: DeliveryConfig.prefault({}).describe(
    'How current values are brought to who does not ask for them',
  ),
  drift: DriftConfig.prefault({}).describe('How targets are watched for what others change there'),
});
export type SecretsConfig = z.infer<typeof SecretsConfig>;
