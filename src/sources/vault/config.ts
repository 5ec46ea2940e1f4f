import { z } from 'zod';
import { isPrivateAddress, KV_PATH } from '../../base/kv-path.ts';

const File = z.string().min(1).max(4_096);
const Path = z.string().max(400).regex(KV_PATH);

/** A store of secrets whose metadata are read: OpenBao or Vault. */
export const VaultStoreConfig = z.strictObject({
  name: z
    .string()
    .max(63)
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'must read like `production` or `eu-1.bao`')
    .describe('Its name, in places of findings'),
  environment: z
    .string()
    .min(1)
    .optional()
    .describe("Environment of its secrets; else the server's"),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .refine(isPrivateAddress, 'must be https, unless it is on this machine, and name no user')
    .describe('Such as `https://bao.example.org:8200`'),
  namespace: Path.optional().describe('Namespace of the mounts'),
  mounts: z
    .array(Path)
    .min(1)
    .max(50)
    .describe(
      'KV engines of version 2. The token needs `list` and `read` on `MOUNT/metadata/*`, and nothing on `MOUNT/data`: no value is read',
    ),
  token: z
    .strictObject({
      file: File.optional().describe('File of mode 0600 that holds the token'),
      variable: z
        .string()
        .regex(/^[A-Za-z_]\w*$/)
        .max(200)
        .optional()
        .describe('Or environment variable'),
    })
    .refine(({ file, variable }) => (file === undefined) !== (variable === undefined), {
      message: 'give either file or variable',
    })
    .describe('Read anew each time, so that an agent may renew it'),
  caFile: File.optional().describe("PEM to trust in place of the system's"),
  everySeconds: z.int().min(30).max(86_400).default(600).describe('How often it is read'),
  maxPaths: z
    .int()
    .min(1)
    .max(200_000)
    .default(20_000)
    .describe('Secrets that are read; more are left out'),
  timeoutSeconds: z.int().min(1).max(60).default(10).describe('Longest that one answer may take'),
});
export type VaultStoreConfig = z.infer<typeof VaultStoreConfig>;

/** Stores whose secrets are listed among the credentials of the estate. */
export const VaultStoresConfig = z
  .array(VaultStoreConfig)
  .max(50)
  .default([])
  .superRefine((stores, context) => {
    stores.forEach(({ name }, index) => {
      if (stores.findIndex((one) => one.name === name) === index) return;
      const message = `another store is called ${name}`;
      context.addIssue({ code: 'custom', path: [index, 'name'], message });
    });
  });
export type VaultStoresConfig = z.infer<typeof VaultStoresConfig>;
