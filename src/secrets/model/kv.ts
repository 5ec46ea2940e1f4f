import { z } from 'zod';
import { isPrivateAddress, KV_PATH } from '../../base/kv-path.ts';

const path = (most: number) => z.string().max(most).regex(KV_PATH);
const seconds = (most: number, fallback: number) => z.int().min(1).max(most).default(fallback);

/** How Reeve logs in. What it logs in with is the value of another secret, which the plan or target names as `admin`. */
const KvAuth = z.discriminatedUnion('method', [
  z.strictObject({
    method: z
      .literal('token')
      .describe('The admin secret has a `token`, which is renewed in the second half of its life'),
  }),
  z.strictObject({
    method: z.literal('approle').describe('The admin secret has `roleId` and `secretId`'),
    mount: path(200).default('approle'),
  }),
  z.strictObject({
    method: z
      .literal('jwt')
      .describe('A service account token that is projected into the pod of Reeve; no admin secret'),
    mount: path(200)
      .default('kubernetes')
      .describe('Of the auth method `kubernetes`, or of `jwt`, which takes the same'),
    role: z.string().min(1).max(200),
    token: z
      .string()
      .regex(/^[\w-]{1,63}$/)
      .default('openbao')
      .describe('Which one: the file `/var/run/secrets/reeve.dev/TOKEN/token`'),
  }),
]);

/** A path of a KV engine, version 2, of OpenBao or Vault, and how it is reached. */
export const kvShape = {
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .refine(isPrivateAddress, 'must be https, unless it is on this machine, and name no user')
    .describe('Such as `https://bao.example.org:8200`'),
  namespace: path(200).optional(),
  mount: path(200).default('secret').describe('Where the engine is mounted'),
  path: path(400).describe('Within the engine, without `data/`'),
  auth: KvAuth.default({ method: 'token' }),
  caFile: z.string().min(1).max(4_096).optional().describe('PEM of who signs its certificate'),
  tls: z
    .enum(['verified', 'unverified'])
    .default('verified')
    .describe('`unverified`: encrypted, to whoever answers: only for a test'),
  requestSeconds: seconds(60, 10).describe('Longest that connecting and an answer may take'),
};

export const KvPlace = z.strictObject(kvShape);
export type KvPlace = z.infer<typeof KvPlace>;
