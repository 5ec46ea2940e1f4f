import type { Command } from 'commander';
import { Fault } from '../../base/fault.ts';
import {
  type AnswerFlags,
  type ChangeFlags,
  minute,
  print,
  withFormat,
  withReason,
} from '../answers.ts';
import { ask } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { say } from '../endpoints/say.ts';
import { toFields } from '../fields.ts';
import { isTerminal, readText } from '../text-file.ts';

const PATH = '/api/v1/vault';
const MAX_SHARE = 1_000;

interface Vault {
  readonly state: 'new' | 'sealed' | 'unsealed';
  readonly kind: string;
  readonly kek: string | null;
  readonly shares: { readonly given: number; readonly needed: number } | null;
  readonly rootKeys: readonly { readonly version: number; readonly createdAt: string }[];
  readonly problem: {
    readonly message: string;
    readonly hint: string | null;
    readonly nextAt: string | null;
  } | null;
  readonly rewrapping: {
    readonly total: number;
    readonly done: number;
    readonly failed: number;
    readonly endedAt: string | null;
  } | null;
}

interface Shares {
  readonly shares: readonly string[];
  readonly needed: number;
}

/** What is done with the vault as a whole. */
const CHANGES = [
  ['reset-shares', 'forget the shares that were given so far', 'shares/reset', undefined],
  [
    'seal',
    'wipe the keys from memory, until somebody unseals it',
    'seal',
    'No secret is read or renewed until the vault is unsealed.',
  ],
  ['rotate-root', 'add a root key, which wraps from now on', 'root-keys', undefined],
  ['rewrap', 'wrap all values with the newest root key', 'rewrap', undefined],
] as const;

/** Those that print shares of the key, once. */
const SHARING = [
  ['init', 'make the keys of a new vault whose key people have shares of', 'initialise'],
  ['renew-shares', 'put it under a new key in shares; those before are void', 'shares'],
] as const;

/** `reeve secret vault …`: what unseals it, and its keys. */
export function addVault(secret: Command): void {
  const vault = secret.command('vault').summary('what values are encrypted with');
  withFormat(vault.command('status').summary('whether it is sealed, and its keys')).action(
    async (flags: AnswerFlags) => print(flags, await ask<Vault>(flags, PATH), toText),
  );
  withReason(
    vault.command('unseal').summary('give one share, from standard input, or try the key again'),
  )
    .option('--share', 'read a share of the key from standard input')
    .action(async (flags: ChangeFlags & { readonly share?: true }) => {
      const share = flags.share && { share: readShare() };
      const body = { ...share, reason: flags.reason };
      print(flags, await ask<Vault>(flags, `${PATH}/unseal`, 'POST', body), toText);
    });
  for (const [name, summary, path, warning] of CHANGES) {
    withConfirmation(withReason(vault.command(name).summary(summary))).action(
      async (flags: ChangeFlags & ConfirmFlags) => {
        if (warning) await confirm(flags, warning);
        const body = { reason: flags.reason };
        print(flags, await ask<Vault>(flags, `${PATH}/${path}`, 'POST', body), toText);
      },
    );
  }
  for (const [name, summary, path] of SHARING) {
    withReason(vault.command(name).summary(summary)).action(async (flags: ChangeFlags) => {
      const body = { reason: flags.reason };
      printShares(flags, await ask<Shares>(flags, `${PATH}/${path}`, 'POST', body));
    });
  }
}

function readShare(): string {
  if (isTerminal(0)) say(console.error, 'Paste the share, end the line, then Ctrl-D:');
  const share = readText(0, MAX_SHARE, 'client/share-malformed').trim();
  if (share !== '') return share;
  throw new Fault('client/share-malformed', 'Standard input holds no share of the key', {
    hint: 'as in `reeve secret vault unseal --share < share.txt`',
  });
}

function printShares(flags: AnswerFlags, shares: Shares): void {
  print(flags, shares, (made) => made.shares.join('\n'));
  if (flags.format === 'json') return;
  say(
    console.error,
    `One line each for ${shares.shares.length} people: any ${shares.needed} of them unseal the vault. They are kept nowhere, and without them every value is lost.`,
  );
}

function toText({ state, kind, kek, shares, rootKeys, problem, rewrapping }: Vault): string {
  return toFields([
    ['vault', [state]],
    ['key', [kek === null ? kind : `${kind}, ${kek}`]],
    ['shares', [shares && `${shares.given} given of the ${shares.needed} that are needed`]],
    [
      'root keys',
      rootKeys.map(({ version, createdAt }, at) => {
        const isNewest = at === rootKeys.length - 1;
        return `${version}, made ${minute(createdAt)} UTC${isNewest ? ': wraps' : ''}`;
      }),
    ],
    [
      'problem',
      problem
        ? [
            problem.message,
            problem.hint,
            problem.nextAt && `tried again ${minute(problem.nextAt)} UTC`,
          ]
        : [],
    ],
    ['rewrapping', [rewrapping && rewrappingText(rewrapping)]],
  ]);
}

function rewrappingText({ total, done, failed, endedAt }: NonNullable<Vault['rewrapping']>) {
  const state = endedAt === null ? 'under way' : `ended ${minute(endedAt)} UTC`;
  return `${done} of ${total}, ${failed} failed; ${state}`;
}
