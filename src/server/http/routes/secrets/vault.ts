import { z } from 'zod';
import type { ServerSecrets } from '../../../secrets/secrets.ts';
import { type Operation, operation } from '../../operation.ts';
import { Reason } from '../texts.ts';
import { askingOf, Because, SEE, VAULT, VersionNumber } from './common.ts';

const PATH = '/api/v1/vault';
const Count = z.int().min(0);

const Rewrapping = z.strictObject({
  /** Secrets in all, and how many of them are done, or could not be. */
  ...{ total: Count, done: Count, failed: Count },
  startedAt: z.string(),
  /** Null while it is under way. */
  endedAt: z.string().nullable(),
});

/** The vault, as people see it. */
export const VaultView = z.strictObject({
  /** `new`: it has no keys yet. */
  state: z.enum(['new', 'sealed', 'unsealed']),
  /** What unseals it: `file`, `shamir` … */
  kind: z.string(),
  /** The id of the key-encryption key that it is under; null: none yet. */
  kek: z.string().nullable(),
  /** Where people have shares of it. */
  shares: z.strictObject({ given: Count, needed: Count }).nullable(),
  /** Oldest first; the last one wraps. */
  rootKeys: z.array(z.strictObject({ version: VersionNumber, createdAt: z.string() })),
  /** Why it is sealed, where that is known. */
  problem: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      hint: z.string().nullable(),
      /** When it is tried again; null: when a person says so. */
      nextAt: z.string().nullable(),
    })
    .nullable(),
  /** The latest rewrapping of all values that this server does or did; null: none. */
  rewrapping: Rewrapping.nullable(),
});

const Shares = z.strictObject({
  /** For people to keep, one each: they are shown here, once, and kept nowhere. */
  shares: z.array(z.string()).readonly(),
  needed: Count,
});

/** The vault: what unseals it, and its keys. Sealing and unsealing are of this server, keys of all that share the
 *  store. */
export function vaultOperations(secrets: ServerSecrets): Operation[] {
  const { vault, rewrapping } = secrets;
  const view = () => ({ ...vault.standing, rewrapping: rewrapping.progress ?? null });
  const changes = { ...VAULT, method: 'POST', status: 200, response: VaultView } as const;
  return [
    operation({
      ...SEE,
      tag: 'vault',
      id: 'get-vault',
      method: 'GET',
      path: PATH,
      summary: 'Whether the vault is sealed, what unseals it, and its root keys',
      status: 200,
      response: VaultView,
      handle: view,
    }),
    operation({
      ...VAULT,
      id: 'initialise-vault',
      method: 'POST',
      path: `${PATH}/initialise`,
      summary: 'Makes the keys of a new vault whose key is in shares, and shows the shares, once',
      body: Because,
      status: 201,
      response: Shares,
      handle: ({ body, principal }) => vault.initialise(askingOf(principal, body.reason)),
    }),
    operation({
      ...changes,
      id: 'unseal-vault',
      path: `${PATH}/unseal`,
      summary: 'Gives one share of the key, or has the configured key tried at once',
      body: z.strictObject({ share: z.string().min(1).max(1_000).exactOptional(), reason: Reason }),
      handle: async ({ body: { share, reason }, principal }) => {
        const by = askingOf(principal, reason);
        await (share === undefined ? vault.unseal(by) : vault.giveShare(share, by));
        return view();
      },
    }),
    operation({
      ...changes,
      id: 'reset-vault-shares',
      path: `${PATH}/shares/reset`,
      summary: 'Forgets the shares that were given so far',
      body: Because,
      handle: async ({ body, principal }) => {
        await vault.resetShares(askingOf(principal, body.reason));
        return view();
      },
    }),
    operation({
      ...changes,
      id: 'seal-vault',
      path: `${PATH}/seal`,
      summary:
        'Wipes the keys from memory: no value is read and nothing is rotated until somebody unseals it',
      body: Because,
      handle: async ({ body, principal }) => {
        await vault.seal(askingOf(principal, body.reason));
        return view();
      },
    }),
    operation({
      ...VAULT,
      id: 'renew-vault-shares',
      method: 'POST',
      path: `${PATH}/shares`,
      summary:
        'Puts the vault under a new key in shares, and shows them, once; those before are void',
      body: Because,
      status: 201,
      response: Shares,
      handle: ({ body, principal }) => vault.renewShares(askingOf(principal, body.reason)),
    }),
    operation({
      ...changes,
      id: 'rotate-root-key',
      path: `${PATH}/root-keys`,
      summary: 'Adds a root key, which wraps from now on',
      body: Because,
      handle: async ({ body, principal }) => {
        await vault.rootKeys.rotate(askingOf(principal, body.reason));
        return view();
      },
    }),
    operation({
      ...changes,
      id: 'retire-root-key',
      method: 'DELETE',
      path: `${PATH}/root-keys/{version}`,
      summary: 'Takes a root key away for good, where no value needs it any longer',
      params: z.strictObject({ version: z.coerce.number().int().min(1) }),
      query: Because,
      handle: async ({ params, query, principal }) => {
        await vault.rootKeys.retire(params.version, askingOf(principal, query.reason));
        return view();
      },
    }),
    operation({
      ...changes,
      id: 'rewrap-secrets',
      path: `${PATH}/rewrap`,
      summary:
        'Begins to wrap all values with the newest root key; the answer of the vault tells how far it is',
      status: 202,
      body: Because,
      handle: async ({ body, principal }) => {
        await rewrapping.start(askingOf(principal, body.reason));
        return view();
      },
    }),
  ];
}
