import { z } from 'zod';
import { isTlsOrLoopback } from '../../base/loopback.ts';
import { MAX_SHARES } from './kek/shamir/index.ts';

const file = z.string().min(1).max(4_096);
const variable = z
  .string()
  .regex(/^[A-Za-z_]\w*$/)
  .max(200);
const timeoutSeconds = z
  .int()
  .min(1)
  .max(60)
  .default(10)
  .describe('Longest that connecting and an answer may take together');

const reference = (what: string) =>
  z
    .strictObject({
      file: file.optional().describe(`File of mode 0600 that holds ${what}`),
      variable: variable.optional().describe('Or environment variable'),
    })
    .refine((given) => (given.file === undefined) !== (given.variable === undefined), {
      message: 'give either file or variable',
    });

const url = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .refine(isTlsOrLoopback, 'must be https, unless it is on this machine');

const FileKek = z.strictObject({
  kind: z.literal('file').describe('A key in a file of this machine'),
  file: file
    .optional()
    .describe(
      '32 bytes in hexadecimal or base64, mode 0600; else `vault.key` in the data folder. Made for a new vault where it is missing',
    ),
});
const VariableKek = z.strictObject({
  kind: z.literal('variable').describe('A key in an environment variable'),
  variable: variable
    .default('REEVE_VAULT_KEY')
    .describe('Its name; 32 bytes in hexadecimal or base64'),
});
const OpenBaoKek = z.strictObject({
  kind: z.literal('openbao').describe('A key of the transit engine of OpenBao or Vault'),
  url: url.describe('Such as `https://bao.example.org:8200`'),
  mount: z
    .string()
    .regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/)
    .max(200)
    .default('transit')
    .describe('Where the engine is mounted'),
  key: z
    .string()
    .regex(/^[\w-][\w.-]*$/)
    .max(200)
    .describe(
      'Name of a key of type `aes256-gcm96`; the token needs `update` on its `encrypt` and `decrypt`',
    ),
  namespace: z
    .string()
    .regex(/^[\w-][\w./-]*$/)
    .max(200)
    .optional()
    .describe('Namespace of the mount'),
  token: reference('the token').describe('Read anew each time, so that an agent may renew it'),
  caFile: file.optional().describe("PEM to trust in place of the system's"),
  timeoutSeconds,
});
const AwsKmsKek = z.strictObject({
  kind: z
    .literal('aws-kms')
    .describe('A symmetric key of AWS KMS; credentials as the AWS SDK finds them'),
  keyId: z
    .string()
    .regex(/^[\w:/-]+$/)
    .max(2_048)
    .describe('ARN or id of the key, or `alias/NAME`; the ring keeps how it is written here'),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .max(50)
    .optional()
    .describe('Else as the AWS SDK finds it'),
  endpoint: url.optional().describe('In place of the one of the region, such as a VPC endpoint'),
  timeoutSeconds,
});
const Pkcs11Kek = z.strictObject({
  kind: z.literal('pkcs11').describe('An AES key in a token that speaks PKCS#11'),
  module: file
    .refine((path) => path.startsWith('/'), 'must be an absolute path')
    .describe('The library of the token, such as `/usr/lib/softhsm/libsofthsm2.so`'),
  token: z.string().min(1).max(32).describe('Label of the token'),
  key: z.string().min(1).max(200).describe('Label of the AES key, which does `CKM_AES_GCM`'),
  pin: reference('the PIN of the user').describe('Of the user of the token'),
  timeoutSeconds,
});
const ShamirKek = z.strictObject({
  kind: z.literal('shamir').describe('A key of which several people have shares'),
  shares: z.int().min(2).max(MAX_SHARES).default(5).describe('How many shares a new vault makes'),
  threshold: z.int().min(2).max(MAX_SHARES).default(3).describe('How many of them unseal it'),
});

/** What the vault is sealed with. */
export const KekConfig = z
  .discriminatedUnion('kind', [FileKek, VariableKek, OpenBaoKek, AwsKmsKek, Pkcs11Kek, ShamirKek])
  .superRefine((config, context) => {
    if (config.kind !== 'shamir' || config.threshold <= config.shares) return;
    const message = `must be at most ${config.shares}, which is \`shares\``;
    context.addIssue({ code: 'custom', path: ['threshold'], message });
  });
export type KekConfig = z.infer<typeof KekConfig>;
export type OpenBaoKekConfig = z.infer<typeof OpenBaoKek>;
export type AwsKmsKekConfig = z.infer<typeof AwsKmsKek>;
export type Pkcs11KekConfig = z.infer<typeof Pkcs11Kek>;
