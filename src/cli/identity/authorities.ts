import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import {
  type AnswerFlags,
  type ChangeFlags,
  minute,
  print,
  withFormat,
  withReason,
} from '../answers.ts';
import { ask, askText, type ServerFlags, withServer } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { say } from '../endpoints/say.ts';
import { toTable } from '../table.ts';
import { API, pathOf } from './common.ts';

/** As the API shows it. */
export interface Authority {
  readonly id: string;
  readonly kind: 'x509' | 'jwt';
  readonly status: 'prepared' | 'published' | 'active' | 'retired';
  readonly notBefore: string;
  readonly notAfter: string;
  readonly isRoot: boolean | null;
  readonly isLeaving: boolean;
  readonly taint: string | null;
}

interface Authorities {
  readonly items: readonly Authority[];
}

const KINDS = ['x509', 'jwt'] as const;

/** `reeve identity authorities`, `rotate`, `taint`, `bundle`: what signs, and what is trusted. */
export function addAuthorities(identity: Command): void {
  withFormat(
    identity.command('authorities').summary('what signs SVIDs, signed them, and will'),
  ).action(async (flags: AnswerFlags) =>
    print(flags, await ask<Authorities>(flags, `${API}/authorities`), toText),
  );
  withReason(
    identity
      .command('rotate')
      .summary('replace what signs before its time, without anybody being refused')
      .argument('<kind>', 'x509 or jwt', toKind),
  ).action(rotate);
  withConfirmation(
    withReason(
      identity
        .command('taint <authority>')
        .summary('give an authority up whose key is known to others'),
    ).option('--urgent', 'its successor signs before everybody can know it', false),
  ).action(taint);
  withServer(identity.command('bundle').summary('what verifies the SVIDs of this trust domain'))
    .addOption(
      new Option('--format <format>', 'certificates, or a SPIFFE bundle')
        .choices(['pem', 'spiffe'])
        .default('pem'),
    )
    .action(bundle);
}

/** What an authority is and how long. */
export function toSentence({ kind, id, notAfter, isRoot, status, taint }: Authority): string {
  const more = [
    ...(status === 'active' ? [] : [status]),
    ...(isRoot ? ['root'] : []),
    ...(taint === null ? [] : ['tainted']),
  ];
  return [`${kind} ${id} until ${minute(notAfter)}`, ...more].join(', ');
}

function toText({ items }: Authorities): string {
  return toTable(items, [
    { title: 'kind', value: ({ kind }) => kind },
    { title: 'authority', value: ({ id }) => id },
    { title: 'state', value: stateOf },
    { title: 'until (UTC)', value: ({ notAfter }) => minute(notAfter) },
  ]);
}

function stateOf({ status, isLeaving, taint }: Authority): string {
  if (taint !== null) return `${status}, tainted`;
  return isLeaving ? `${status}, leaving` : status;
}

function toKind(text: string): (typeof KINDS)[number] {
  const kind = KINDS.find((one) => one === text);
  if (kind) return kind;
  throw new InvalidArgumentError('use x509 or jwt.');
}

async function rotate(kind: string, flags: ChangeFlags): Promise<void> {
  const path = pathOf('authorities', kind, 'rotate');
  print(flags, await ask<Authorities>(flags, path, 'POST', { reason: flags.reason }), toText);
  say(
    console.error,
    'A successor is made, published, and signs when everybody has had time to know it: `reeve identity authorities` shows how far it is.',
  );
}

async function taint(
  id: string,
  flags: ChangeFlags & ConfirmFlags & { readonly urgent: boolean },
): Promise<void> {
  const pace = flags.urgent ? 'urgent' : 'orderly';
  const meanwhile = flags.urgent
    ? ' Whoever has not fetched the new bundle is refused until then.'
    : '';
  await confirm(
    flags,
    `All that ${id} has signed is issued anew, and then refused.${meanwhile} This cannot be taken back.`,
  );
  const body = { pace, reason: flags.reason };
  const path = pathOf('authorities', id, 'taint');
  print(flags, await ask<Authorities>(flags, path, 'POST', body), toText);
}

async function bundle(flags: ServerFlags & { readonly format: 'pem' | 'spiffe' }): Promise<void> {
  const text = await askText(flags, `${API}/bundle?format=${flags.format}`);
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}
