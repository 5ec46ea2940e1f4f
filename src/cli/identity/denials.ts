import { type Command, Option } from 'commander';
import { Fault } from '../../base/fault.ts';
import {
  type ChangeFlags,
  type ListFlags,
  minute,
  print,
  withLimit,
  withReason,
} from '../answers.ts';
import { ask } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { say } from '../endpoints/say.ts';
import { toTable } from '../table.ts';
import { counted } from '../terminal.ts';
import { API } from './common.ts';
import { serviceNamed, toSpiffeId } from './named.ts';

interface Denial {
  readonly id: string;
  readonly deny: 'identity' | 'serial' | 'key';
  readonly value: string;
  readonly issuedBefore: string | null;
  readonly why: string;
  readonly until: string | null;
}

interface RevokeFlags extends ChangeFlags, ConfirmFlags {
  readonly service?: string;
  readonly reissue: boolean;
  readonly why: string;
}

interface Revoked {
  readonly sequence: number;
  readonly revoked: readonly string[];
  readonly denials: readonly Denial[];
}

/** As the API takes them. @see RFC 5280 §5.3.1 */
const WHY = [
  ...(['unspecified', 'keyCompromise', 'affiliationChanged', 'superseded'] as const),
  ...(['cessationOfOperation', 'privilegeWithdrawn'] as const),
];

/** `reeve identity revoke`, `lift`, `denied`: what enforcement points refuse although it verifies. */
export function addDenials(identity: Command): void {
  withConfirmation(
    withReason(
      identity
        .command('revoke [spiffe-id...]')
        .summary('refuse identities, with all that they were issued'),
    ),
  )
    .option('--service <service>', 'those of this service, by id or name')
    .option('--reissue', 'refuse only what was issued until now, and issue anew', false)
    .addOption(new Option('--why <why>', 'what CRLs say').choices(WHY).default('unspecified'))
    .action(revoke);
  withConfirmation(
    withReason(
      identity
        .command('lift <denial...>')
        .summary('let identities in again: ids of denials, or SPIFFE IDs'),
    ),
  ).action(lift);
  withLimit(identity.command('denied').summary('what is refused although it verifies'))
    .option('--search <text>', 'text that the denied thing holds', '')
    .action(denied);
}

async function revoke(texts: readonly string[], flags: RevokeFlags): Promise<void> {
  const { service, reissue, why, reason } = flags;
  if (texts.length > 0 === (service !== undefined)) {
    throw new Fault('client/revocation-invalid', 'Name either SPIFFE IDs or a service to revoke', {
      hint: 'as in `reeve identity revoke /ns/shop/sa/orders`',
    });
  }
  const spiffeIds = await Promise.all(texts.map((text) => toSpiffeId(flags, text)));
  const what =
    service === undefined ? { spiffeIds } : { service: await serviceNamed(flags, service) };
  const until = reissue ? 'reissue' : 'lifted';
  await confirm(flags, consequence(what.service ?? spiffeIds.join(', '), reissue));
  const body = { ...what, until, why, reason };
  const answer = await ask<Revoked>(flags, `${API}/denials`, 'POST', body);
  print(flags, answer, ({ revoked, denials, sequence }) => {
    const certificates = denials.filter(({ deny }) => deny === 'serial').length;
    return [
      ...revoked.map((spiffeId) => `revoked ${spiffeId}`),
      `with ${counted(certificates, 'certificate')}; the deny list is at ${sequence}`,
    ].join('\n');
  });
}

function consequence(what: string, reissue: boolean): string {
  return reissue
    ? `${what}: what was issued until now is refused; its workloads fetch anew.`
    : `${what}: refused everywhere, and issued no longer, until somebody lifts it.`;
}

async function lift(ids: readonly string[], flags: ChangeFlags & ConfirmFlags): Promise<void> {
  const named = await Promise.all(ids.map((text) => toSpiffeId(flags, text)));
  await confirm(flags, `${named.join(', ')}: no longer refused.`);
  const body = { ids: named, reason: flags.reason };
  interface Lifted {
    readonly lifted: readonly string[];
  }
  const answer = await ask<Lifted>(flags, `${API}/denials/lift`, 'POST', body);
  print(flags, answer, ({ lifted }) => lifted.map((id) => `lifted ${id}`).join('\n'));
}

async function denied(flags: ListFlags & { readonly search: string }): Promise<void> {
  const { items, sequence } = await ask<{ items: Denial[]; sequence: number }>(
    flags,
    `${API}/denials`,
  );
  const found = items.filter(({ value }) => value.includes(flags.search));
  const shown = found.slice(0, flags.limit);
  print(flags, { sequence, items: shown, total: found.length }, () =>
    shown.length === 0 ? 'Nothing is denied.' : table(shown),
  );
  if (flags.format === 'text' && found.length > shown.length) {
    say(console.log, `${counted(found.length - shown.length, 'more row')}: raise --limit`);
  }
}

function table(denials: readonly Denial[]): string {
  return toTable(denials, [
    { title: 'denial', value: ({ id }) => id },
    { title: 'what', value: ({ deny }) => deny },
    { title: 'value', value: ({ value }) => value.replace(/^spiffe:\/\//, ''), shrinks: 'path' },
    { title: 'until (UTC)', value: ({ until }) => (until === null ? 'lifted' : minute(until)) },
  ]);
}
